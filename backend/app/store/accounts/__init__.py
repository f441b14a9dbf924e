"""Rows of accounts, sign-ins and connections to Google and YouTube."""
