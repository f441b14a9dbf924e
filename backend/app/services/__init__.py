"""Use cases of the API and the steps of jobs, in a folder for each job kind or topic."""
