"""Rows of Google identities and of unfinished Google sign-ins."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from ..database import Database, UtcDateTime, record_of
from .accounts import NO_PASSWORD, User, UserRow, add_user_row


class GoogleIdentityRow(SQLModel, table=True):
    """A Google account, by issuer and subject, and the account that it opens."""

    __tablename__ = "google_identities"
    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    email: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class ExchangeCodeRow(SQLModel, table=True):
    """A one-time code for a browser that returned from Google.

    As a ticket it no longer signs in, but links the identity to the account with its email, given
    that account's password.
    """

    __tablename__ = "exchange_codes"
    digest: str = Field(primary_key=True)
    browser_digest: str
    issuer: str
    subject: str
    email: str
    is_ticket: bool
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """A Google account: issuer, subject and verified email address."""

    issuer: str
    subject: str
    email: str


@dataclass(frozen=True, slots=True)
class CodeKey:
    """Digests of a one-time code and of the secret of the browser that received it."""

    code: str
    browser: str


@dataclass(frozen=True, slots=True)
class GoogleStore:
    """Google identities and one-time codes. Thread-safe."""

    database: Database

    def add_code(
        self, key: CodeKey, identity: Identity, *, expires_at: datetime, is_ticket: bool = False
    ) -> None:
        """Store a one-time code or a ticket."""
        row = ExchangeCodeRow(
            digest=key.code,
            browser_digest=key.browser,
            is_ticket=is_ticket,
            expires_at=expires_at,
            **asdict(identity),
        )
        self.database.add(row)

    def take_code(self, key: CodeKey, *, now: datetime) -> Identity | None:
        """Consume a code and return its identity; None if it is invalid.

        Invalid codes are unknown, expired, or sent by another browser. A code that another browser
        sends was stolen, so it is consumed, too.
        """
        with self.database.write() as session:
            row = session.get(ExchangeCodeRow, key.code)
            if row is None or row.is_ticket:
                return None
            session.delete(row)
            return record_of(Identity, row) if _is_good(row, key, now) else None

    def ticket(self, key: CodeKey, *, now: datetime) -> Identity | None:
        """Return a ticket's identity without consuming it; None as in :meth:`take_code`."""
        row = self.database.first(select(ExchangeCodeRow).where(ExchangeCodeRow.digest == key.code))
        if row is None or not row.is_ticket or not _is_good(row, key, now):
            return None
        return record_of(Identity, row)

    def user(self, identity: Identity) -> User | None:
        """Return the account that the identity opens."""
        with self.database.read() as session:
            found = session.get(GoogleIdentityRow, (identity.issuer, identity.subject))
            row = session.get(UserRow, found.user_id) if found else None
        return None if row is None else record_of(User, row)

    def has_account(self, *spellings: str) -> bool:
        """Whether an account with one of these emails exists."""
        those = select(UserRow.id).where(col(UserRow.email).in_(spellings))
        return self.database.first(those) is not None

    def add_user(self, user_id: str, identity: Identity, *, now: datetime) -> User:
        """Add an account without a password that the identity opens.

        Raise ``Conflict`` if an account with this email exists.
        """
        with self.database.write() as session:
            user = add_user_row(session, user_id, identity.email, NO_PASSWORD, now=now)
            _add_identity(session, identity, user_id, now)
        return user

    def join(self, key: CodeKey, user_id: str, *, now: datetime) -> bool:
        """Consume a ticket and link its identity to an account; False if already consumed."""
        with self.database.write() as session:
            row = session.get(ExchangeCodeRow, key.code)
            if row is None or not row.is_ticket:
                return False
            session.delete(row)
            identity = record_of(Identity, row)
            taken = session.get(GoogleIdentityRow, (identity.issuer, identity.subject))
            if taken is not None:
                return taken.user_id == user_id
            _add_identity(session, identity, user_id, now)
            return True

    def delete_expired(self, *, now: datetime) -> None:
        """Delete expired codes."""
        self.database.change(delete(ExchangeCodeRow).where(col(ExchangeCodeRow.expires_at) < now))


def _is_good(row: ExchangeCodeRow, key: CodeKey, now: datetime) -> bool:
    return row.browser_digest == key.browser and row.expires_at > now


def _add_identity(session: Session, identity: Identity, user_id: str, now: datetime) -> None:
    session.add(GoogleIdentityRow(user_id=user_id, created_at=now, **asdict(identity)))
