"""The `preview` job: render the seconds round one join."""
