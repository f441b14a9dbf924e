"""What the API and the worker do, one file a job kind: its steps, in order."""
