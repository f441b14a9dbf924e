"""Rows of Google accounts that people sign in with, and of sign-ins that are not through yet."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from .database import UtcDateTime


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

    Without a ``user_id`` the e-mail has an account that the identity is not joined to yet.
    """

    __tablename__ = "exchange_codes"
    digest: str = Field(primary_key=True)
    browser_digest: str
    user_id: str | None = Field(default=None, foreign_key="users.id")
    issuer: str
    subject: str
    email: str
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
