"""Rows of accounts, and of the sign-ins that failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from ..errors import Conflict
from .database import Database, UtcDateTime


class UserRow(SQLModel, table=True):
    """An account."""

    __tablename__ = "users"
    id: str = Field(primary_key=True)
    email: str = Field(index=True, unique=True)
    password_hash: str
    is_admin: bool
    created_at: datetime = Field(sa_type=UtcDateTime)


class SignInFailureRow(SQLModel, table=True):
    """One failed sign-in; ``account`` is the e-mail that was tried, known or not."""

    __tablename__ = "sign_in_failures"
    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(index=True)
    address: str = Field(index=True)
    failed_at: datetime = Field(sa_type=UtcDateTime, index=True)


class RegistrationRow(SQLModel, table=True):
    """An account that was asked for, whether or not it was made."""

    __tablename__ = "registrations"
    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class User:
    """Who an account is, without its secrets."""

    id: str
    email: str
    is_admin: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Failures:
    """When sign-ins failed, oldest first."""

    of_account: tuple[datetime, ...]
    of_address: tuple[datetime, ...]


class AccountStore:
    """Accounts and credentials. Safe to share between threads; every moment given is in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_user(self, user_id: str, email: str, password_hash: str, *, now: datetime) -> User:
        """Keep a new account; the first one of all is the admin's.

        Raises
        ------
        Conflict
            If there is an account with this e-mail.
        """
        with self._database.write() as session:
            row = add_user_row(session, user_id, email, password_hash, now=now)
        return user_of(row)

    def user(self, user_id: str) -> User | None:
        """The account with this id."""
        with self._database.read() as session:
            row = session.get(UserRow, user_id)
        return None if row is None else user_of(row)

    def password_hash(self, email: str) -> tuple[User, str] | None:
        """The account with this e-mail, and the hash of its password."""
        with self._database.read() as session:
            row = session.exec(select(UserRow).where(UserRow.email == email)).first()
        return None if row is None else (user_of(row), row.password_hash)

    def failures(self, *, account: str, address: str, since: datetime) -> Failures:
        """When sign-ins to this account, and from this address, failed."""
        recent = select(SignInFailureRow.failed_at).where(SignInFailureRow.failed_at > since)
        recent = recent.order_by(col(SignInFailureRow.failed_at))
        with self._database.read() as session:
            return Failures(
                of_account=tuple(session.exec(recent.where(SignInFailureRow.account == account))),
                of_address=tuple(session.exec(recent.where(SignInFailureRow.address == address))),
            )

    def add_failure(self, *, account: str, address: str, now: datetime) -> None:
        """Remember a failed sign-in."""
        with self._database.write() as session:
            session.add(SignInFailureRow(account=account, address=address, failed_at=now))

    def registrations(self, *, address: str, since: datetime) -> tuple[datetime, ...]:
        """When accounts were asked for from this address, oldest first."""
        recent = select(RegistrationRow.asked_at).where(RegistrationRow.address == address)
        recent = recent.where(RegistrationRow.asked_at > since)
        with self._database.read() as session:
            return tuple(session.exec(recent.order_by(col(RegistrationRow.asked_at))))

    def add_registration(self, *, address: str, now: datetime) -> None:
        """Remember that an account was asked for."""
        with self._database.write() as session:
            session.add(RegistrationRow(address=address, asked_at=now))

    def forget_registrations_before(self, moment: datetime) -> None:
        """Drop what no longer counts."""
        with self._database.write() as session:
            session.execute(delete(RegistrationRow).where(col(RegistrationRow.asked_at) < moment))

    def forget_failures(self, *, account: str) -> None:
        """Start an account's count again; what the address did elsewhere stays remembered."""
        with self._database.write() as session:
            session.execute(
                delete(SignInFailureRow).where(col(SignInFailureRow.account) == account)
            )

    def forget_failures_before(self, moment: datetime) -> None:
        """Drop the failures that no longer count."""
        with self._database.write() as session:
            session.execute(
                delete(SignInFailureRow).where(col(SignInFailureRow.failed_at) < moment)
            )


def add_user_row(
    session: Session, user_id: str, email: str, password_hash: str, *, now: datetime
) -> UserRow:
    """Put a new account into a transaction; see :meth:`AccountStore.add_user`."""
    if session.exec(select(UserRow.id).where(UserRow.email == email)).first():
        raise Conflict("There is an account with this e-mail address.", hint="Sign in instead.")
    is_first = session.exec(select(UserRow.id).limit(1)).first() is None
    row = UserRow(
        id=user_id,
        email=email,
        password_hash=password_hash,
        is_admin=is_first,
        created_at=now,
    )
    session.add(row)
    return row


def user_of(row: UserRow) -> User:
    """The account in a row, without its secrets."""
    return User(id=row.id, email=row.email, is_admin=row.is_admin, created_at=row.created_at)
