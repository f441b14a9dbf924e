"""Benches of stem separation, and the fit of the draft separator."""
