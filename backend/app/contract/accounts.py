"""Accounts and sign-in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from .base import Shape

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,  # RFC 5321, 4.5.3.1.3, less the angle brackets
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    ),
]


class Registration(Shape):
    """A new account."""

    email: Email
    password: SecretStr = Field(min_length=8, max_length=1024)


class RefreshRequest(Shape):
    """A refresh token to be traded for a new pair; absent when the session cookie stands in."""

    refresh_token: str | None = Field(default=None, max_length=4096)


class SessionRequest(Shape):
    """The one-time code that ``TokenView.session_code`` gave."""

    code: str = Field(max_length=256)


class TokenView(Shape):
    """Credentials: a short-lived access token, and what renews it.

    ``refresh_token`` and ``session_code`` are absent where the session cookie did the renewing.
    """

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int
    refresh_token: str | None = None
    session_code: str | None = None


class Providers(Shape):
    """Who but a password may sign people in.

    ``missing_setting`` is what the server lacks for Google, ``missing_reason`` what is wrong with
    it in words; None where it lacks nothing.
    """

    google: bool
    missing_setting: str | None = None
    missing_reason: str | None = None


class ExchangeRequest(Shape):
    """The one-time code that a browser has brought back from Google."""

    code: str = Field(max_length=256)


class JoinRequest(Shape):
    """A code that was answered ``join_needed``, and the password of the account with its e-mail."""

    code: str = Field(max_length=256)
    password: SecretStr = Field(max_length=1024)


class UserView(Shape):
    """Who is signed in."""

    id: str
    email: str
    is_admin: bool
    created_at: datetime
