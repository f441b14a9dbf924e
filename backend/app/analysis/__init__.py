"""Analysis of tracks, stems and sounds, cached by content hash and version."""
