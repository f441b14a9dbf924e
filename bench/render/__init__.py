"""Benches of single parts: time stretching, the MP3 encoder, the video."""
