"""Upload a film to YouTube so that there is exactly one video, or none."""
