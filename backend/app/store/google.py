"""Rows of Google accounts that people sign in with, and of sign-ins that are not through yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from .accounts import User, UserRow, add_user_row, user_of
from .database import Database, UtcDateTime

NO_PASSWORD = ""
"""Stands where an account has a password's hash; no password has this one."""


class GoogleIdentityRow(SQLModel, table=True):
    """A Google account by its issuer and subject, and whose account here it opens."""

    __tablename__ = "google_identities"
    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    email: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class ExchangeCodeRow(SQLModel, table=True):
    """A one-time code of a browser that has come back from Google.

    As a ticket it no longer signs anybody in: it joins the identity to the account that has its
    e-mail, for who knows that account's password.
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
    """A Google account: who says so, its number there, and its verified e-mail address."""

    issuer: str
    subject: str
    email: str


@dataclass(frozen=True, slots=True)
class CodeKey:
    """A one-time code and the browser that it was given to, both as digests."""

    code: str
    browser: str


class GoogleStore:
    """Google identities and one-time codes. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_code(
        self, key: CodeKey, identity: Identity, *, expires_at: datetime, is_ticket: bool = False
    ) -> None:
        """Keep a one-time code, or a ticket."""
        row = ExchangeCodeRow(
            digest=key.code,
            browser_digest=key.browser,
            issuer=identity.issuer,
            subject=identity.subject,
            email=identity.email,
            is_ticket=is_ticket,
            expires_at=expires_at,
        )
        with self._database.write() as session:
            session.add(row)

    def take_code(self, key: CodeKey, *, now: datetime) -> Identity | None:
        """Use up a code: whom it is for; None if it is unknown, too late or another browser's.

        A code that another browser sends was stolen: it ends there.
        """
        with self._database.write() as session:
            row = session.get(ExchangeCodeRow, key.code)
            if row is None or row.is_ticket:
                return None
            session.delete(row)
            return _identity(row) if _is_good(row, key, now) else None

    def ticket(self, key: CodeKey, *, now: datetime) -> Identity | None:
        """Whom a ticket is for, without using it up; None as in :meth:`take_code`."""
        with self._database.read() as session:
            row = session.get(ExchangeCodeRow, key.code)
        good = row is not None and row.is_ticket and _is_good(row, key, now)
        return _identity(row) if row is not None and good else None

    def user(self, identity: Identity) -> User | None:
        """Whose account the identity opens."""
        with self._database.read() as session:
            found = session.get(GoogleIdentityRow, (identity.issuer, identity.subject))
            row = session.get(UserRow, found.user_id) if found else None
        return None if row is None else user_of(row)

    def has_account(self, email: str) -> bool:
        """Whether anybody has an account with this e-mail."""
        with self._database.read() as session:
            return (
                session.exec(select(UserRow.id).where(UserRow.email == email)).first() is not None
            )

    def add_user(self, user_id: str, identity: Identity, *, now: datetime) -> User:
        """Keep a new account that the identity opens, and no password does.

        Raises
        ------
        Conflict
            If there is an account with this e-mail.
        """
        with self._database.write() as session:
            row = add_user_row(session, user_id, identity.email, NO_PASSWORD, now=now)
            session.flush()  # the account's row has to stand before what refers to it
            _add_identity(session, identity, user_id, now)
        return user_of(row)

    def join(self, key: CodeKey, user_id: str, *, now: datetime) -> bool:
        """Trade a ticket for the identity's place at an account; False if it is used up by now."""
        with self._database.write() as session:
            row = session.get(ExchangeCodeRow, key.code)
            if row is None or not row.is_ticket:
                return False
            session.delete(row)
            identity = _identity(row)
            taken = session.get(GoogleIdentityRow, (identity.issuer, identity.subject))
            if taken is not None:
                return taken.user_id == user_id
            _add_identity(session, identity, user_id, now)
            return True

    def forget_expired(self, *, now: datetime) -> None:
        """Drop codes that have expired: they are refused with or without their rows."""
        with self._database.write() as session:
            session.execute(delete(ExchangeCodeRow).where(col(ExchangeCodeRow.expires_at) < now))


def _is_good(row: ExchangeCodeRow, key: CodeKey, now: datetime) -> bool:
    return row.browser_digest == key.browser and row.expires_at > now


def _identity(row: ExchangeCodeRow) -> Identity:
    return Identity(row.issuer, row.subject, row.email)


def _add_identity(session: Session, identity: Identity, user_id: str, now: datetime) -> None:
    session.add(
        GoogleIdentityRow(
            issuer=identity.issuer,
            subject=identity.subject,
            user_id=user_id,
            email=identity.email,
            created_at=now,
        )
    )
