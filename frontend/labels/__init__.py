"""Figures and states as text for people."""
