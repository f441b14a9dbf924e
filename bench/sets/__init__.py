"""Bench of DJ sets: running order, joins and rendered sound."""
