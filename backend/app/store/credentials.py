"""Rows of what lets a person stay signed in. Secrets come in as digests only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from .database import Database, UtcDateTime


class RefreshTokenRow(SQLModel, table=True):
    """A refresh token; all that descend from one sign-in share a ``family``."""

    __tablename__ = "refresh_tokens"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    family: str = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SessionRow(SQLModel, table=True):
    """A browser that stays signed in by its cookie."""

    __tablename__ = "sessions"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class SessionCodeRow(SQLModel, table=True):
    """A code that can be traded once for a session cookie."""

    __tablename__ = "session_codes"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A refresh token to be kept: its digest, whose it is, which sign-in it descends from."""

    digest: str
    user_id: str
    family: str
    expires_at: datetime


class CredentialStore:
    """Refresh tokens, sessions and one-time codes. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_refresh_token(self, token: Renewal) -> None:
        """Keep the first refresh token of a sign-in."""
        with self._database.write() as session:
            _add_renewal(session, token)

    def rotate_refresh_token(
        self, digest: str, *, successor: str, expires_at: datetime, now: datetime
    ) -> str | None:
        """Trade a refresh token for its successor; answers whose it is, or None if it is no good.

        A token that comes a second time was stolen, or its successor was: the whole family ends.
        """
        with self._database.write() as session:
            row = session.get(RefreshTokenRow, digest)
            if row is None or row.revoked_at is not None or row.expires_at <= now:
                return None
            if row.used_at is not None:
                _revoke_family(session, row.family, now)
                return None
            row.used_at = now
            _add_renewal(session, Renewal(successor, row.user_id, row.family, expires_at))
            return row.user_id

    def revoke_refresh_token(self, digest: str, *, now: datetime) -> None:
        """End a refresh token and all that share its sign-in."""
        with self._database.write() as session:
            row = session.get(RefreshTokenRow, digest)
            if row is not None:
                _revoke_family(session, row.family, now)

    def add_session_code(self, digest: str, user_id: str, *, expires_at: datetime) -> None:
        """Keep a one-time code."""
        with self._database.write() as session:
            session.add(SessionCodeRow(digest=digest, user_id=user_id, expires_at=expires_at))

    def open_session(
        self, code_digest: str, *, session_digest: str, expires_at: datetime, now: datetime
    ) -> bool:
        """Trade a one-time code for a session; False if the code is unknown, used or too late."""
        with self._database.write() as session:
            code = session.get(SessionCodeRow, code_digest)
            if code is None:
                return False
            session.delete(code)
            if code.expires_at > now:
                session.add(
                    SessionRow(digest=session_digest, user_id=code.user_id, expires_at=expires_at)
                )
            return code.expires_at > now

    def session_user(self, digest: str, *, now: datetime) -> str | None:
        """Whose session this is, while it lasts."""
        with self._database.read() as session:
            lasting = select(SessionRow.user_id).where(SessionRow.expires_at > now)
            return session.exec(lasting.where(SessionRow.digest == digest)).first()

    def end_session(self, digest: str) -> None:
        """Forget a session."""
        with self._database.write() as session:
            session.execute(delete(SessionRow).where(col(SessionRow.digest) == digest))

    def forget_expired(self, *, now: datetime) -> None:
        """Drop what has expired: it is refused with or without its row."""
        with self._database.write() as session:
            for table in (RefreshTokenRow, SessionRow, SessionCodeRow):
                session.execute(delete(table).where(col(table.expires_at) < now))


def _add_renewal(session: Session, token: Renewal) -> None:
    session.add(
        RefreshTokenRow(
            digest=token.digest,
            user_id=token.user_id,
            family=token.family,
            expires_at=token.expires_at,
        )
    )


def _revoke_family(session: Session, family: str, now: datetime) -> None:
    session.execute(
        update(RefreshTokenRow).where(col(RefreshTokenRow.family) == family).values(revoked_at=now)
    )
