"""Bench of rendered mashups against songs with known truth."""
