"""Loudness, bass share and brightness over time."""
