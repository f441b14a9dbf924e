"""How the drums of a track play: accents of the bar, swing, the kick's pitch."""
