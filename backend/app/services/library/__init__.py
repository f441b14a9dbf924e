"""Uploads: crates of tracks, pictures and sounds, and their cleanup."""
