"""Bench of beats and bars on real tracks, against stretches on which two other analysers agree."""
