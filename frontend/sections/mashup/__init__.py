"""Parts of the Mashup page."""
