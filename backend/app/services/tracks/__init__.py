"""Per-track work: analysis, corrections, stretched segments, open recordings."""
