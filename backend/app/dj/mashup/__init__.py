"""Mashup planning: fit of songs, roles, arrangement, layout."""
