"""Development commands: the launcher of ``make run``, and fast tests."""
