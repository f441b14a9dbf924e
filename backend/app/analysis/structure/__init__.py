"""Sections, cue points, energy and vocal activity."""
