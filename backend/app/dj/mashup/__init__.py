"""Plan a mashup: fit of songs, roles, arrangement, layout."""
