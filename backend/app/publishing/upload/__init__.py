"""Resumable uploads: exactly one video or none."""
