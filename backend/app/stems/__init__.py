"""Source separation: the separator port, Demucs, the draft separator, stem files."""
