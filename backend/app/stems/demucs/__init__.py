"""Demucs as a separator."""
