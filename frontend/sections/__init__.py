"""Parts of pages, by page."""
