"""Split a step into tasks that any worker takes."""
