"""Cards and rows that only show something."""
