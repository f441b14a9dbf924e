"""Compare speed, memory and sizes, as ratios within one run: ``make bench``."""

# Before numpy loads, this import sets the number of threads of its libraries, as in the product.
import backend.app  # noqa: F401
