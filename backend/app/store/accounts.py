"""Rows of accounts and of their credentials. Secrets come in as digests only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, SQLModel

from .database import UtcDateTime


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
class User:
    """Who an account is, without its secrets."""

    id: str
    email: str
    is_admin: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshTokenState:
    """What is known of a refresh token that came in."""

    user_id: str
    family: str
    expires_at: datetime
    used: bool
    revoked: bool


def _user(row: UserRow) -> User:
    return User(id=row.id, email=row.email, is_admin=row.is_admin, created_at=row.created_at)
