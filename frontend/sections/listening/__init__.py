"""Parts of the listening room."""
