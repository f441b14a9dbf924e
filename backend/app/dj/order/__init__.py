"""The running order of a set: costs, search, energy curve."""
