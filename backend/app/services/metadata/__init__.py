"""Description, tags and title of a mix: facts, files, previews."""
