"""Composes songs whose every beat, key, section and stem is known: truth for tests and demo."""
