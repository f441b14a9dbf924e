"""Until when an edit of a video may take."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("publications", sa.Column("edit_until_s", sa.Double(), nullable=True))
