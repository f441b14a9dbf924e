"""The figures of a join candidate, from which the scoring rules judge it."""
