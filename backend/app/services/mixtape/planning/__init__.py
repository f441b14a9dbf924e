"""Decide a mixtape: its order, who chooses each join, and its timeline."""
