"""Request and response models of the API, shared with the frontend."""
