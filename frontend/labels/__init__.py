"""Turn figures and states into text for users."""
