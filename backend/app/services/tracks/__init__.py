"""Work on single tracks: analysis, corrections, stretched segments, open recordings."""
