"""What to play, in which order, joined how: decisions as plain data; no sample is touched here."""
