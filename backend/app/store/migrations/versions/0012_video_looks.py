"""What YouTube says of uploaded videos, and when to look again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.store.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = (
    ("uploaded_at", UtcDateTime()),
    ("upload_status", sa.String()),
    ("upload_reason", sa.String()),
    ("is_licensed", sa.Boolean()),
    ("allowed_in", sa.Text()),
    ("blocked_in", sa.Text()),
    ("privacy_before", sa.String()),
    ("processed_at", UtcDateTime()),
    ("looked_at", UtcDateTime()),
    ("look_at", UtcDateTime()),
)


def upgrade() -> None:
    """Add the columns; videos published before are not looked at."""
    for name, kind in COLUMNS:
        op.add_column("publications", sa.Column(name, kind, nullable=True))
    op.create_index("ix_publications_look_at", "publications", ["look_at"])
