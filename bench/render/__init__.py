"""Benches of parts of rendering: time stretching, the MP3 encoder, the video."""
