"""Users' jobs: submit, list, cancel, retry, delete."""
