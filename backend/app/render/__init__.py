"""A timeline turned into sound: blocks in, blocks out; nothing is decided here."""
