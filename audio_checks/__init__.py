"""Check rendered sound by other means than made it: for the tests and the benches."""
