"""Tags and display names of untrusted sound files."""
