"""Use cases of the API, and the steps of jobs: a folder for each job kind or topic."""
