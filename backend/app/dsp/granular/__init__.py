"""Granular synthesis: grains, scores, and playing one with the other."""
