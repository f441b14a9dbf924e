"""State of a browser session: typed keys, drafts, cached answers of the API."""
