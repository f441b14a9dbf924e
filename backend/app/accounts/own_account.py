"""Changes that users make to their own account: password, sessions, deletion, resets."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import NotFound, NotSignedIn, ResetExpired, WrongConfirmation, WrongPassword
from ..store.accounts.accounts import NO_PASSWORD, AccountStore, User
from ..store.accounts.credentials import CredentialStore
from ..store.accounts.password_changes import PasswordStore
from ..store.accounts.sign_ins import Holder, SignIn
from .emails import spellings_of
from .sign_in import Accounts, Credentials, digest_of, utc_now
from .weak_passwords import refuse_weak

RESET_LIFE = timedelta(hours=24)  # until a user reads the message with the link


@dataclass(frozen=True, slots=True)
class Reset:
    """The secret of a reset link, its user, and when it expires.

    The database stores only a digest of the secret.
    """

    secret: str
    email: str
    expires_at: datetime


class OwnAccount:
    """Changes of one's own account, and reset links. Thread-safe."""

    def __init__(
        self,
        accounts: Accounts,
        rows: AccountStore,
        credentials: CredentialStore,
        passwords: PasswordStore,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._accounts = accounts
        self._rows = rows
        self._credentials = credentials
        self._passwords = passwords
        self._now = now

    def change_password(
        self, user: User, sign_in_id: str, current: str, new: str, *, address: str
    ) -> None:
        """Set a new password and end all other sign-ins.

        An account that only Google opens has no current one. Raise ``WrongPassword``,
        ``WeakPassword``, or ``TooManyAttempts`` as a sign-in does.
        """
        refuse_weak(new, user.email)
        checked_hash = self.require_password(user, current, address=address)
        hashed = self._accounts.hash(new)
        holder = Holder(user.id, sign_in_id)
        if not self._passwords.change(holder, hashed, checked_hash=checked_hash):
            raise _wrong_password()

    def require_password(self, user: User, password: str, *, address: str) -> str:
        """Raise ``WrongPassword`` unless the password is the user's; return the matching hash.

        Users without a password pass.
        """
        if not user.has_password:
            return NO_PASSWORD
        try:
            found = self._accounts.authenticate(user.email, password, address=address)
        except NotSignedIn as e:
            raise _wrong_password() from e
        return found.password_hash

    def require_confirmation(self, user: User, email: str) -> None:
        """Raise ``WrongConfirmation`` unless the user typed the account's email address."""
        if user.email not in spellings_of(email):
            raise WrongConfirmation(
                "The address you typed is not that of your account.",
                hint=f"Type {user.email} to confirm.",
            )

    def make_reset(self, email: str) -> Reset:
        """Make a one-time link for a user who forgot the password; earlier links become void."""
        found = self._rows.password_hash(*spellings_of(email))
        if found is None:
            raise NotFound("No account has this email address.", hint="Check its spelling.")
        reset = Reset(secrets.token_urlsafe(32), found[0].email, self._now() + RESET_LIFE)
        self._passwords.add_reset(digest_of(reset.secret), found[0].id, expires_at=reset.expires_at)
        return reset

    def reset_password(
        self, secret: str, new: str, *, address: str, device: str = ""
    ) -> Credentials:
        """Set a new password with a reset link, end all sessions, and sign in.

        Raise ``ResetExpired`` if the link is unknown, used or expired; ``WeakPassword``.
        """
        digest = digest_of(secret)
        user = self._passwords.user_of_reset(digest, now=self._now())
        if user is None:
            raise _reset_expired()
        refuse_weak(new, user.email)
        hashed = self._accounts.hash(new)
        if not self._passwords.use_reset(digest, hashed, now=self._now()):
            raise _reset_expired()
        self._accounts.forgive(user.email, address=address)
        return self._accounts.sign_in_as(user.id, address=address, device=device)

    def sign_ins(self, user_id: str) -> list[SignIn]:
        """List the user's sessions, the last active one first."""
        return self._credentials.sign_ins(user_id, now=self._now())

    def end_sign_in(self, holder: Holder) -> None:
        """End one of the user's sessions, or raise ``NotFound``."""
        if not self._credentials.end_sign_in(holder):
            raise NotFound("There is no such session.")

    def end_others(self, holder: Holder) -> None:
        """End all sessions of the user except the current one."""
        self._credentials.end_others(holder)

    def delete_expired(self) -> None:
        """Delete expired reset links."""
        self._passwords.delete_expired(now=self._now())


def _wrong_password() -> WrongPassword:
    return WrongPassword(
        "The current password is wrong.",
        hint="If you forgot it, ask an administrator of this server for a reset link.",
    )


def _reset_expired() -> ResetExpired:
    return ResetExpired(
        "This link was used already, or has expired.",
        hint="Ask an administrator of this server for a new one.",
    )
