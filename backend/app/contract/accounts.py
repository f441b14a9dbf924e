"""Accounts and sign-in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from .base import Shape

#: Header with which the app proves that it, and no browser, wrote ``X-Forwarded-For``.
FRONTEND_HEADER = "X-Segue-Frontend"

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,  # RFC 5321, 4.5.3.1.3, without the angle brackets
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    ),
]

NewPassword = Annotated[SecretStr, Field(min_length=8, max_length=1024)]
_NO_PASSWORD = SecretStr("")


class Registration(Shape):
    """A new account."""

    email: str = Field(max_length=1000)
    password: NewPassword


class RefreshRequest(Shape):
    """A refresh token to exchange for new tokens; absent if the session cookie is used."""

    refresh_token: str | None = Field(default=None, max_length=4096)


class SessionRequest(Shape):
    """The one-time code from ``TokenView.session_code``."""

    code: str = Field(max_length=256)


class TokenView(Shape):
    """A short-lived access token and the refresh token that renews it.

    ``refresh_token`` and ``session_code`` are absent if the session cookie renewed the token.
    """

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int
    refresh_token: str | None = None
    session_code: str | None = None


class Providers(Shape):
    """Sign-in providers besides passwords, and whether there is an account yet.

    ``missing_setting`` names the setting that Google sign-in lacks, ``missing_reason`` explains
    the fault; both None if it is set up.
    """

    google: bool
    has_accounts: bool = True
    missing_setting: str | None = None
    missing_reason: str | None = None


class ExchangeRequest(Shape):
    """The one-time code that the browser received after Google's page."""

    code: str = Field(max_length=256)


class JoinRequest(Shape):
    """A code answered with ``join_needed``, and the password of the account to link."""

    code: str = Field(max_length=256)
    password: SecretStr = Field(max_length=1024)


class UserView(Shape):
    """The signed-in account; without a password, only Google opens it."""

    id: str
    email: str
    is_admin: bool
    created_at: datetime
    has_password: bool = True


class UsageView(Shape):
    """What an account uses, and its limits; sizes in bytes.

    ``separation_s`` are the seconds of songs separated since midnight UTC; they begin again at
    ``separation_resets_at``. ``max_separation_s`` is null without a limit.
    """

    jobs: int
    max_jobs: int
    library_bytes: int
    max_library_bytes: int
    job_bytes: int
    separation_s: float
    max_separation_s: float | None
    separation_resets_at: datetime


class PasswordChange(Shape):
    """A new password, and the current one unless the account has none."""

    current_password: SecretStr = Field(default=_NO_PASSWORD, max_length=1024)
    new_password: NewPassword


class PasswordReset(Shape):
    """The secret of a reset link (``reset`` in its query), and a new password."""

    token: str = Field(max_length=256)
    new_password: NewPassword


class ResetRequest(Shape):
    """The email address of the user whose password is to be reset."""

    email: str = Field(max_length=1000)


class ResetLinkView(Shape):
    """A one-time link to set a new password; it is shown only once."""

    email: str
    url: str
    expires_at: datetime


class SessionView(Shape):
    """A session: device (its ``User-Agent``) and the last address seen.

    Both are empty for sessions of earlier versions that have not been used since.
    """

    id: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


class SessionList(Shape):
    """All sessions of a user."""

    sessions: list[SessionView]


class AccountDeletion(Shape):
    """The account's email address, typed to confirm, and its password if it has one."""

    email: str = Field(max_length=1000)
    password: SecretStr = Field(default=_NO_PASSWORD, max_length=1024)
