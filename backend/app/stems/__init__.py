"""Source separation: the separator interface, Demucs, the draft separator, stem files."""
