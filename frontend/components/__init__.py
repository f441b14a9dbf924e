"""Widgets of our own: each a Python function in front of a bundle built from ``src/``."""
