"""Webhooks of single jobs, beside those of users."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the messages of before are for users' webhooks."""
    op.create_table(
        "job_webhooks",
        sa.Column(
            "job_id",
            sa.String(),
            sa.ForeignKey("jobs.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
    )
    op.add_column(
        "webhook_messages",
        sa.Column("of_job", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
