"""Index the jobs that have not ended, for claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_PENDING = sa.text("status IN ('queued', 'running')")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_jobs_pending",
        "jobs",
        ["lane", "user_id", "queued_s", "id"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
