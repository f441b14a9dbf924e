"""Check joins by their sound, and explain what is wrong with them."""
