"""Stored data: database rows, a module for each noun, and files by content hash."""
