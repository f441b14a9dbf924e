"""The `mixtape` job: order, joins, sound, film and metadata of a mix."""
