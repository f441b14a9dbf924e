"""Encode MP3 in parallel segments that join to one byte-identical stream."""
