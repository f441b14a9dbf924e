"""Granular synthesis: cut a sound into grains, and play the notes of a stem with them."""
