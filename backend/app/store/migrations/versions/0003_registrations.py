"""Registration attempts, by address and time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_registrations_address", "registrations", ["address"])
    op.create_index("ix_registrations_asked_at", "registrations", ["asked_at"])
