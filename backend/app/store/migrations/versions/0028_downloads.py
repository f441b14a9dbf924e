"""Add when an artifact was downloaded, and until when it is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("job_files", sa.Column("downloaded_s", sa.Double(), nullable=True))
    op.add_column("job_files", sa.Column("read_until_s", sa.Double(), nullable=True))
