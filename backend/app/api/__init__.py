"""The HTTP API: thin routes, request guards, errors, file responses."""
