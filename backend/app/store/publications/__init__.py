"""Rows of publications and YouTube quota use."""
