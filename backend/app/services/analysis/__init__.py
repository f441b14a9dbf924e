"""The `analysis` job: analyse every track of a crate."""
