"""Running order of a set: cost, search, energy arc."""
