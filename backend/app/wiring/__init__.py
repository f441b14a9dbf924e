"""Build everything from the settings; the only place that branches on queue, database, store."""
