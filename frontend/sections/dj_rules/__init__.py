"""Parts of the DJ rules page."""
