"""Parts of the Restyle page."""
