"""Benches of whole jobs: their processes, steps, lists and previews."""
