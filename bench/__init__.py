"""Speed, memory and size, compared in one run as ratios: ``make bench``."""
