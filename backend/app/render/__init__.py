"""Render timelines to sound: play, encode, measure. All decisions are made in dj/."""
