"""Alembic's migrations, run at start by ``store.database``."""
