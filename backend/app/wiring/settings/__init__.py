"""Read the settings, and check them before the server starts."""
