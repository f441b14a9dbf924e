"""Compose songs with known beats, keys, sections and stems, for tests and the demo."""
