"""Genres of tracks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the files of earlier tracks are gone, so theirs stays empty."""
    with op.batch_alter_table("tracks") as tracks:
        tracks.add_column(sa.Column("genre", sa.String(), nullable=False, server_default=""))
