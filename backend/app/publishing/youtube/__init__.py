"""YouTube connection: consent, tokens, client, channel, limits."""
