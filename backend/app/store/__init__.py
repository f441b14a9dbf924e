"""What lasts: rows in a database, one file a noun, and files under their content's hash."""
