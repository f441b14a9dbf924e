"""Bench of beats, tempi and keys against librosa and aubio."""
