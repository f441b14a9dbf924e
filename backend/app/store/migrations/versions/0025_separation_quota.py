"""Seconds of songs that users had separated, by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "separated_days",
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("day", sa.String(), primary_key=True),
        sa.Column("seconds", sa.Double(), nullable=False),
    )
