"""Publishing to YouTube: metadata, connections, checks, uploads."""
