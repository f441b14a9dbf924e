"""Loudness of each track within a mix: gains and their forecast."""
