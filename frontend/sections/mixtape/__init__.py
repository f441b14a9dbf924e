"""Parts of the New mixtape page."""
