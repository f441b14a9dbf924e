"""How many workers a number of mixtapes an hour needs: simulated, and checked by a real run."""
