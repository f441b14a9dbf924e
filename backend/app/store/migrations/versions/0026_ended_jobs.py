"""Index jobs by the time of their end, for expiry and for feeds."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_jobs_ended", "jobs", ["status", "finished_s"])
