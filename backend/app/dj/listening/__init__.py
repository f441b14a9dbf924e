"""What listeners prefer: weights of the scoring rules fitted to their answers."""
