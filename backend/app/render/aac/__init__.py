"""Encode a mix as AAC in segments, and reuse those of a base mix."""
