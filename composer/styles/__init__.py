"""How each style is played."""
