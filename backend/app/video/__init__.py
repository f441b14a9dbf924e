"""Cards drawn once, a thumbnail, and the movie that holds them to the sound."""
