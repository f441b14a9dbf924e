"""How many of the last looks did not find a video."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    column = sa.Column("missed_looks", sa.Integer(), nullable=False, server_default="0")
    op.add_column("publications", column)
