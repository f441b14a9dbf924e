"""Joins that are checked by their sound."""
