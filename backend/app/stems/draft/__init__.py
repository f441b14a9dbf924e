"""The draft separator: soft masks over a spectrogram, no model."""
