"""What goes online with a mix: chapters, tracklist, description."""
