"""Parts of the Publish page."""
