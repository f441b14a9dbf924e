"""Speed, memory and size, compared in one run as ratios: ``make bench``."""

# Sets the number of threads of numpy's libraries before numpy loads, as in the product.
import backend.app  # noqa: F401
