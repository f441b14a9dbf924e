"""Corrections of tracks, DJ rules, and the detail of a running step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.store.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, which may be empty, and make the table."""
    op.add_column("tracks", sa.Column("grid_fix", sa.JSON(), nullable=True))
    op.add_column("jobs", sa.Column("detail", sa.String(), nullable=True))
    op.create_table(
        "dj_rules",
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
    )
