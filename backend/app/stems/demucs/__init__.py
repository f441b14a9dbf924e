"""Demucs behind the separator port."""
