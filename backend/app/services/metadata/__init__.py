"""Metadata of a mix: the facts it is made of, and the step that writes it."""
