"""Typed HTTP client for the API."""
