"""From a Google account that has been proven to an account here, and to being signed in to it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from ..errors import JoinNeeded, NotSignedIn, OAuthRefused
from ..store.accounts import User
from ..store.google import CodeKey, GoogleStore, Identity
from .sign_in import CODE_LIFE, Accounts, Credentials, digest_of, utc_now

TICKET_LIFE = timedelta(minutes=10)  # as long as somebody may look for a password
# Who registers with a password need not own the address.
_NOT_YOURS = "If you did not make that account, ask whoever runs this server."


class GoogleSignIn:
    """Signs in who comes back from Google. Safe to share between threads.

    What Google has proven becomes a one-time code. The code is worth something together with a
    secret of the browser that it was given to, and nothing without it.
    """

    def __init__(
        self, accounts: Accounts, store: GoogleStore, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._now = now

    def code_for(self, identity: Identity, *, browser: str) -> str:
        """A one-time code for somebody whom Google has proven to be ``identity``."""
        code = secrets.token_urlsafe(32)
        self._store.add_code(_key(code, browser), identity, expires_at=self._now() + CODE_LIFE)
        return code

    def exchange(self, code: str, *, browser: str, address: str) -> Credentials:
        """Trade a code, once, for credentials; a Google account that is new here gets an account.

        Raises
        ------
        OAuthRefused
            If the code is unknown, used up, too late or another browser's.
        JoinNeeded
            If the identity is new and its e-mail has an account; from then on the code is a
            ticket for :meth:`join`.
        TooManyAttempts
            If the address has asked for too many accounts.
        """
        key = _key(code, browser)
        identity = self._store.take_code(key, now=self._now())
        if identity is None:
            raise _run_out()
        user = self._store.user(identity) or self._new_user(identity, key, address)
        return self._accounts.sign_in_as(user.id)

    def join(self, code: str, password: str, *, browser: str, address: str) -> Credentials:
        """Join an identity to the account that has its e-mail, once its password is proven too.

        Raises
        ------
        OAuthRefused
            If the code is no ticket of this browser.
        NotSignedIn, TooManyAttempts
            As at any sign-in with a password.
        """
        key = _key(code, browser)
        identity = self._store.ticket(key, now=self._now())
        if identity is None:
            raise _run_out()
        user = self._proven(identity.email, password, address)
        if not self._store.join(key, user.id, now=self._now()):
            raise _run_out()
        return self._accounts.sign_in_as(user.id)

    def forget_expired(self) -> None:
        """Drop codes and tickets that are too late."""
        self._store.forget_expired(now=self._now())

    def _proven(self, email: str, password: str, address: str) -> User:
        try:
            return self._accounts.prove(email, password, address=address)
        except NotSignedIn as e:  # its words speak of an e-mail that nobody was asked for
            hint = f"It is the one that you sign in with as {email}. {_NOT_YOURS}"
            raise NotSignedIn("The password is wrong.", hint=hint) from e

    def _new_user(self, identity: Identity, key: CodeKey, address: str) -> User:
        now = self._now()
        if self._store.has_account(identity.email):
            self._store.add_code(key, identity, expires_at=now + TICKET_LIFE, is_ticket=True)
            raise JoinNeeded(
                f"There is an account with {identity.email}.",
                hint=f"Enter its password to sign in to it with Google from now on. {_NOT_YOURS}",
            )
        self._accounts.count_registration(address)
        return self._store.add_user(secrets.token_hex(16), identity, now=now)


def _key(code: str, browser: str) -> CodeKey:
    return CodeKey(digest_of(code), digest_of(browser))


def _run_out() -> OAuthRefused:
    return OAuthRefused(
        "This sign-in with Google is no longer good.",
        hint="Sign in with Google again, in this browser.",
    )
