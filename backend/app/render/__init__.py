"""Render timelines to sound: play, encode, measure. Nothing is decided here."""
