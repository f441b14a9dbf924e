"""Digital signal processing of audio: float32 of shape ``(channels, n_samples)``."""
