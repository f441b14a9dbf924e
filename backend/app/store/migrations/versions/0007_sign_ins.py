"""Sign-ins with device and address, password resets, accounts being deleted."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from backend.app.store.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# How long refresh tokens and sessions lasted when this was written
_LIFE = timedelta(days=30)


def upgrade() -> None:
    """Make the tables; give each refresh token's family and each session a sign-in."""
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(), primary_key=True),
        _of_user(),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "password_resets",
        sa.Column("digest", sa.String(), primary_key=True),
        _of_user(),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("closed_at", UtcDateTime(), nullable=True))
    for table in ("sessions", "session_codes"):
        with op.batch_alter_table(table) as altered:
            altered.add_column(sa.Column("sign_in_id", sa.String(), nullable=True))
            altered.create_index(f"ix_{table}_sign_in_id", ["sign_in_id"])
    _add_sign_ins()


def _of_user() -> sa.Column[str]:
    return sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False, index=True)


def _table(name: str, *columns: str) -> sa.TableClause:
    moments = ("created_at", "seen_at", "expires_at", "revoked_at")
    types = {column: UtcDateTime() if column in moments else sa.String() for column in columns}
    return sa.table(name, *(sa.column(column, kind) for column, kind in types.items()))


def _add_sign_ins() -> None:
    connection = op.get_bind()
    tokens = _table("refresh_tokens", "family", "user_id", "expires_at", "revoked_at")
    families = (
        sa.select(tokens.c.family, tokens.c.user_id, sa.func.max(tokens.c.expires_at).label("ends"))
        .where(tokens.c.revoked_at.is_(None))
        .group_by(tokens.c.family, tokens.c.user_id)
    )
    for row in connection.execute(families).all():
        _add_sign_in(connection, row.family, row.user_id, row.ends)
    sessions = _table("sessions", "digest", "user_id", "expires_at", "sign_in_id")
    for row in connection.execute(sa.select(sessions)).all():
        sign_in_id = secrets.token_hex(16)
        _add_sign_in(connection, sign_in_id, row.user_id, row.expires_at)
        this = sessions.c.digest == row.digest
        connection.execute(sa.update(sessions).where(this).values(sign_in_id=sign_in_id))
    connection.execute(sa.delete(sa.table("session_codes")))  # they last a minute


def _add_sign_in(connection: sa.Connection, id_: str, user_id: str, ends: object) -> None:
    columns = ("id", "user_id", "device", "address", "created_at", "seen_at", "expires_at")
    began = ends - _LIFE  # type: ignore[operator]  # a datetime, by the column's type
    row = dict(zip(columns, (id_, user_id, "", "", began, began, ends), strict=True))
    connection.execute(sa.insert(_table("sign_ins", *columns)).values(row))
