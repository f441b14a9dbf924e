"""Benches of whole jobs: start of a process, steps, job lists, previews."""
