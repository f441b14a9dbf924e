"""Encode MP3 in parallel segments whose frames join to the bytes of a single stream."""
