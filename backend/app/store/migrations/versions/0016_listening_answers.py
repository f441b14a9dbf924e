"""Listeners' answers in blind trials of joins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.store.database import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "listening_answers",
        sa.Column("trial_id", sa.String(), primary_key=True),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("answered", sa.Text(), nullable=False),
    )
    op.create_index(
        "ix_listening_answers_user", "listening_answers", ["user_id", "answered_at", "trial_id"]
    )
