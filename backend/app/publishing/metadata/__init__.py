"""Metadata of a video: title, description, tags, chapters."""
