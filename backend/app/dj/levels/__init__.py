"""Gains of the tracks in a mix, and the loudness that they lead to."""
