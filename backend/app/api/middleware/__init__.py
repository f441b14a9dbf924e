"""Middleware: the client's address, and answers without a body."""
