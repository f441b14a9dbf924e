"""Parts of the Result page."""
