"""File names of tracks that are named by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; tracks of earlier versions keep their names, so theirs stays empty."""
    with op.batch_alter_table("tracks") as tracks:
        name = sa.Column("file_name", sa.String(), nullable=False, server_default="")
        tracks.add_column(name)
