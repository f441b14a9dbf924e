"""Publishing: metadata, YouTube connections, checks, uploads."""
