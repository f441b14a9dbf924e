"""The draft separator: soft masks over a spectrogram, without a model."""
