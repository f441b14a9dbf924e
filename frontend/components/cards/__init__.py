"""Read-only cards and rows."""
