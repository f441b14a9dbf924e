"""Accounts: passwords, access and refresh tokens, rate limits, Google sign-in."""
