"""Encode a mix to files, and write their tags."""
