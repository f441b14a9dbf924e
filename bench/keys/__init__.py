"""Fit the confidence in keys, on composed songs and real tracks."""
