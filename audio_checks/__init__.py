"""Check rendered sound by code that is independent of the renderer, in tests and benches."""
