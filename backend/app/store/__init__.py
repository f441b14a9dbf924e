"""Persistence: database rows, one module per noun, and the content-addressed file store."""
