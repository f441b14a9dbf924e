"""Bench of restyled stems against their originals."""
