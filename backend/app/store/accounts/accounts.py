"""Rows of accounts, failed sign-ins, registrations and known addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from ...errors import Conflict
from ..database import Database, UtcDateTime, hold_lock, record_of

# The stored hash of an account without a password, which no password matches.
NO_PASSWORD = ""


class UserRow(SQLModel, table=True):
    """An account; after ``closed_at``, when its deletion began, no one can sign in."""

    __tablename__ = "users"
    id: str = Field(primary_key=True)
    email: str = Field(index=True, unique=True)
    password_hash: str
    is_admin: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def has_password(self) -> bool:
        """Whether the account can be opened with a password."""
        return self.password_hash != NO_PASSWORD


class SignInFailureRow(SQLModel, table=True):
    """A failed sign-in; ``account`` is the email that was tried, known or not."""

    __tablename__ = "sign_in_failures"
    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(index=True)
    address: str = Field(index=True)
    failed_at: datetime = Field(sa_type=UtcDateTime, index=True)


class RegistrationRow(SQLModel, table=True):
    """A registration attempt, successful or not."""

    __tablename__ = "registrations"
    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime, index=True)


class KnownAddressRow(SQLModel, table=True):
    """An address, as limits count it, from which a user has signed in."""

    __tablename__ = "known_addresses"
    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    address: str
    seen_at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class User:
    """An account without its password hash."""

    id: str
    email: str
    is_admin: bool
    created_at: datetime
    has_password: bool = True


@dataclass(frozen=True, slots=True)
class Failures:
    """Times of failed sign-ins, oldest first.

    ``of_both`` are those to one account from one address.
    """

    of_account: tuple[datetime, ...]
    of_address: tuple[datetime, ...]
    of_both: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class AccountStore:
    """Accounts and sign-in attempts. Thread-safe; all times are UTC."""

    database: Database

    def add_user(self, user_id: str, email: str, password_hash: str, *, now: datetime) -> User:
        """Add an account, or raise ``Conflict`` if one with this email exists.

        The first account becomes the admin.
        """
        with self.database.write() as session:
            return add_user_row(session, user_id, email, password_hash, now=now)

    def has_accounts(self) -> bool:
        """Whether there is an account yet."""
        return self.database.first(select(UserRow).limit(1)) is not None

    def user(self, user_id: str) -> User | None:
        """Return the account with this id."""
        row = self.database.first(select(UserRow).where(UserRow.id == user_id))
        return None if row is None else record_of(User, row)

    def make_admin(self, *spellings: str) -> User | None:
        """Make an admin of the account with the first matching email."""
        found = self.password_hash(*spellings)
        if found is None:
            return None
        this = col(UserRow.id) == found[0].id
        self.database.change(update(UserRow).where(this).values(is_admin=True))
        return replace(found[0], is_admin=True)

    def password_hash(self, *spellings: str) -> tuple[User, str] | None:
        """Return the account with the first matching email, and its password hash."""
        rows = self.database.all(select(UserRow).where(col(UserRow.email).in_(spellings)))
        found = sorted(rows, key=lambda row: spellings.index(row.email))
        return (record_of(User, found[0]), found[0].password_hash) if found else None

    def failures(self, *, account: str, address: str, since: datetime) -> Failures:
        """Times of failed sign-ins to an account and from an address."""
        recent = select(SignInFailureRow.failed_at).where(SignInFailureRow.failed_at > since)
        recent = recent.order_by(col(SignInFailureRow.failed_at))
        to_account = recent.where(SignInFailureRow.account == account)
        from_address = SignInFailureRow.address == address
        with self.database.read() as session:
            return Failures(
                of_account=tuple(session.exec(to_account)),
                of_address=tuple(session.exec(recent.where(from_address))),
                of_both=tuple(session.exec(to_account.where(from_address))),
            )

    def add_failure(self, *, account: str, address: str, now: datetime) -> None:
        """Record a failed sign-in."""
        self.database.add(SignInFailureRow(account=account, address=address, failed_at=now))

    def is_known_address(self, *spellings: str, address: str, since: datetime) -> bool:
        """Return whether an account with one of these emails was signed in to from there."""
        known = select(KnownAddressRow).join(
            UserRow, col(UserRow.id) == col(KnownAddressRow.user_id)
        )
        known = known.where(col(UserRow.email).in_(spellings), KnownAddressRow.address == address)
        return self.database.first(known.where(KnownAddressRow.seen_at > since)) is not None

    def registrations(self, *, address: str, since: datetime) -> tuple[datetime, ...]:
        """Times of registrations from an address, oldest first."""
        recent = select(RegistrationRow.asked_at).where(RegistrationRow.address == address)
        recent = recent.where(RegistrationRow.asked_at > since)
        return tuple(self.database.all(recent.order_by(col(RegistrationRow.asked_at))))

    def add_registration(self, *, address: str, now: datetime) -> None:
        """Record a registration attempt."""
        self.database.add(RegistrationRow(address=address, asked_at=now))

    def delete_registrations_before(self, moment: datetime) -> None:
        """Delete registrations older than ``moment``."""
        self.database.change(delete(RegistrationRow).where(col(RegistrationRow.asked_at) < moment))

    def delete_known_addresses_before(self, moment: datetime) -> None:
        """Delete addresses that count as known no longer."""
        self.database.change(delete(KnownAddressRow).where(col(KnownAddressRow.seen_at) < moment))

    def delete_failures(self, *, account: str, address: str) -> None:
        """Reset the failed sign-ins to an account from an address."""
        both = (col(SignInFailureRow.account) == account, col(SignInFailureRow.address) == address)
        self.database.change(delete(SignInFailureRow).where(*both))

    def delete_failures_before(self, moment: datetime) -> None:
        """Delete failed sign-ins older than ``moment``."""
        failures = delete(SignInFailureRow)
        self.database.change(failures.where(col(SignInFailureRow.failed_at) < moment))


def remember_address(session: Session, user_id: str, address: str, *, now: datetime) -> None:
    """Store an address from which a user signs in, within a transaction."""
    this = (col(KnownAddressRow.user_id) == user_id, col(KnownAddressRow.address) == address)
    session.execute(delete(KnownAddressRow).where(*this))
    session.add(KnownAddressRow(user_id=user_id, address=address, seen_at=now))


def has_password_hash(session: Session, user_id: str, password_hash: str) -> bool:
    """Whether an open account has this password hash, unchanged until the transaction ends.

    ``session`` is a write transaction: SQLite has one at a time, other databases lock the row.
    """
    open_account = select(UserRow.password_hash).where(
        UserRow.id == user_id, col(UserRow.closed_at).is_(None)
    )
    return session.exec(open_account.with_for_update()).first() == password_hash


def add_user_row(
    session: Session, user_id: str, email: str, password_hash: str, *, now: datetime
) -> User:
    """Add an account within a transaction; see :meth:`AccountStore.add_user`."""
    hold_lock(session, UserRow.__tablename__)
    if session.exec(select(UserRow.id).where(UserRow.email == email)).first():
        raise _email_taken()
    others = select(UserRow.id).where(col(UserRow.closed_at).is_(None))
    row = UserRow(
        id=user_id,
        email=email,
        password_hash=password_hash,
        is_admin=session.exec(others.limit(1)).first() is None,
        created_at=now,
    )
    session.add(row)
    try:
        session.flush()  # before the rows that refer to it
    except IntegrityError as e:
        raise _email_taken() from e
    return record_of(User, row)


def _email_taken() -> Conflict:
    return Conflict("An account with this email address already exists.", hint="Sign in instead.")
