"""The `restyle` job: stems re-played with grains of other sounds."""
