"""Runs migrations on the connection that ``store.database`` opened."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite alters a table by rebuilding it
    transactional_ddl=True,  # all or nothing; SQLite can, though Alembic assumes it cannot
)
with context.begin_transaction():
    context.run_migrations()
