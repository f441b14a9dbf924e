"""Demucs weights: installed files, downloads, limits."""
