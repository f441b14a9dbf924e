"""Parts of the sign-in page."""
