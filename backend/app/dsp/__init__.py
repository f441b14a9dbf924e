"""Samples in, samples out. Audio is float32, shape ``(channels, n_samples)``."""
