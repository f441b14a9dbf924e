"""Segue: tracks in, a published mix out."""
