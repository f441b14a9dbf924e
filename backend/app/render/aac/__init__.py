"""Encode a mix as AAC in segments, and reuse segments of a base mix."""
