"""The `preview` job: the seconds around one join."""
