"""Parts of the Stems page."""
