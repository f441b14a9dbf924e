"""Play a timeline: clips, effects, stretched segments, block by block."""
