"""Pitches, chords and key."""
