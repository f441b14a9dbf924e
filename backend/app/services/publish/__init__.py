"""The `publish` job: a finished mix becomes a YouTube video."""
