"""The `restyle` job: replay a song's stems with grains of other sounds."""
