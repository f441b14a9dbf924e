"""Reuse files of the base mixtape, and what was measured of them."""
