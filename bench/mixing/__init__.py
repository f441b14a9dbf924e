"""Bench of mixing speed and memory against other tools."""
