"""Reuse files and measurements of the base mixtape."""
