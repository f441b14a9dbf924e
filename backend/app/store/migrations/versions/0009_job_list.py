"""Indexes for pages of jobs by kind and status, and for whose turn it is in a lane."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace two indexes by ones that hold all columns of their queries."""
    op.drop_index("ix_jobs_user_created", "jobs")
    op.drop_index("ix_jobs_user_claimed", "jobs")
    op.create_index("ix_jobs_list", "jobs", ["user_id", "created_s", "id", "kind", "status"])
    op.create_index("ix_jobs_turns", "jobs", ["user_id", "lane", "claimed_s"])
