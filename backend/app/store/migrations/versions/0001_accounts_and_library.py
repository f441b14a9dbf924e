"""Accounts, their credentials, and what they have uploaded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.store.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _accounts()
    _credentials()
    _library()


def _owner() -> sa.Column[str]:
    return sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False, index=True)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _accounts() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("email", sa.String(), nullable=False, index=True, unique=True),
        _text("password_hash"),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        _moment("created_at"),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", sa.String(), nullable=False, index=True),
        sa.Column("address", sa.String(), nullable=False, index=True),
        sa.Column("failed_at", UtcDateTime(), nullable=False, index=True),
    )


def _credentials() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.String(), primary_key=True),
        _owner(),
        sa.Column("family", sa.String(), nullable=False, index=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
        _moment("used_at", nullable=True),
        _moment("revoked_at", nullable=True),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(), primary_key=True),
        _owner(),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "session_codes",
        sa.Column("digest", sa.String(), primary_key=True),
        _owner(),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )


def _library() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(), primary_key=True),
        _owner(),
        _text("kind"),
        _moment("created_at"),
    )
    op.create_table(
        "tracks",
        sa.Column("id", sa.String(), primary_key=True),
        _owner(),
        sa.Column(
            "upload_id", sa.String(), sa.ForeignKey("uploads.id"), nullable=False, index=True
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False, index=True),
        _text("title"),
        _text("artist"),
        _text("album"),
        sa.Column("n_samples", sa.BigInteger(), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.Column("recorded_gain_db", sa.Float(), nullable=False),
        sa.Column("has_cover", sa.Boolean(), nullable=False),
        _text("source_format"),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.UniqueConstraint("upload_id", "position"),
    )
    op.create_table(
        "images",
        sa.Column("upload_id", sa.String(), sa.ForeignKey("uploads.id"), primary_key=True),
        _owner(),
        _text("file_name"),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
    )
