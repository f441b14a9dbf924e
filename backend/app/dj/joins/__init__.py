"""Joins between adjacent tracks: candidates, scoring rules, choice, layout."""
