"""The `publish` job: upload a finished mix to YouTube."""
