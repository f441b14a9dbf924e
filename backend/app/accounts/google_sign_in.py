"""Sign users in with a verified Google identity, or link it to an existing account."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ..errors import JoinNeeded, NotSignedIn, OAuthRefused
from ..store.accounts.accounts import User
from ..store.accounts.google import CodeKey, GoogleStore, Identity
from .emails import spellings_of
from .sign_in import CODE_LIFE, Accounts, Authenticated, Credentials, digest_of, utc_now

TICKET_LIFE = timedelta(minutes=10)  # time to look up a password
# Registering with a password does not prove that the email address is one's own.
_NOT_YOURS = "If you did not create that account, ask the operator of this server."


class GoogleSignIn:
    """Signs users in after Google has verified them. Thread-safe.

    A verified identity becomes a one-time code, valid only together with a secret of the browser
    that received it.
    """

    def __init__(
        self, accounts: Accounts, store: GoogleStore, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._now = now

    def code_for(self, identity: Identity, *, browser: str) -> str:
        """Create a one-time code for a verified identity."""
        code = secrets.token_urlsafe(32)
        self._store.add_code(_key(code, browser), identity, expires_at=self._now() + CODE_LIFE)
        return code

    def exchange(self, code: str, *, browser: str, address: str, device: str = "") -> Credentials:
        """Exchange a one-time code for credentials; create an account for a new identity.

        Raise ``OAuthRefused`` if the code is unknown, used, expired or another browser's;
        ``TooManyAttempts`` if the address has created too many accounts; ``JoinNeeded`` if the
        identity is new and its email has an account: the code then becomes a ticket for ``join``.
        """
        key = _key(code, browser)
        identity = self._store.take_code(key, now=self._now())
        if identity is None:
            raise _expired()
        user = self._store.user(identity) or self._new_user(identity, key, address)
        return self._accounts.sign_in_as(user.id, address=address, device=device)

    def join(
        self, code: str, password: str, *, browser: str, address: str, device: str = ""
    ) -> Credentials:
        """Link an identity to the account with its email, after checking the password.

        Raise ``OAuthRefused`` if the code is not a ticket of this browser; otherwise as
        :meth:`Accounts.authenticate` does.
        """
        key = _key(code, browser)
        identity = self._store.ticket(key, now=self._now())
        if identity is None:
            raise _expired()
        found = self._authenticate(identity.email, password, address)
        if not self._store.join(key, found.user.id, now=self._now()):
            raise _expired()
        return self._accounts.sign_in_as(
            found.user.id, address=address, device=device, password_hash=found.password_hash
        )

    def delete_expired(self) -> None:
        """Delete expired codes and tickets."""
        self._store.delete_expired(now=self._now())

    def _authenticate(self, email: str, password: str, address: str) -> Authenticated:
        try:
            return self._accounts.authenticate(email, password, address=address)
        # that error's message names the email, for which the form does not ask
        except NotSignedIn as e:
            hint = f"Use the password of your account {email}. {_NOT_YOURS}"
            raise NotSignedIn("The password is wrong.", hint=hint) from e

    def _new_user(self, identity: Identity, key: CodeKey, address: str) -> User:
        now, spellings = self._now(), spellings_of(identity.email)
        if self._store.has_account(*spellings):
            self._store.add_code(key, identity, expires_at=now + TICKET_LIFE, is_ticket=True)
            raise JoinNeeded(
                f"An account with {identity.email} already exists.",
                hint=f"Enter its password to sign in to it with Google from now on. {_NOT_YOURS}",
            )
        self._accounts.count_registration(address)
        return self._store.add_user(
            secrets.token_hex(16), replace(identity, email=spellings[-1]), now=now
        )


def _key(code: str, browser: str) -> CodeKey:
    return CodeKey(digest_of(code), digest_of(browser))


def _expired() -> OAuthRefused:
    return OAuthRefused(
        "This sign-in with Google has expired.", hint="Sign in with Google again, in this browser."
    )
