import backend.app  # noqa: F401  before numpy is loaded: it says how many threads that may use
