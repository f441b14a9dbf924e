"""The `stems` and `stem_mix` jobs: separate songs, export and mix stems."""
