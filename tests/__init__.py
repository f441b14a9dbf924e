from pathlib import Path

import backend.app  # noqa: F401  before numpy is loaded: it sets how many threads that may use

#: The project's root folder.
ROOT = Path(__file__).parents[1]
