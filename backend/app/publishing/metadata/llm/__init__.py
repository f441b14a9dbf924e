"""Metadata by a language model: placeholders, rules, and a second question."""
