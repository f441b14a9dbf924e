"""Jobs as their owners see them: submit, list, cancel, retry, delete."""
