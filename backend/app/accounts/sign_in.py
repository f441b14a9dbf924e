"""Signing up, in and out, and staying signed in."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..errors import NotSignedIn, StoreBusy
from ..store.accounts import AccountStore, User
from ..store.credentials import CredentialStore, Renewal
from . import attempts
from .passwords import Passwords
from .tokens import LIFE_S, AccessTokens

REFRESH_LIFE = timedelta(days=30)
SESSION_LIFE = timedelta(days=30)
CODE_LIFE = timedelta(seconds=60)
# Some thirty passwords; who waits longer would hold one of the threads that serve everybody.
_HASHING_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access token, and what renews it (None where a session cookie does)."""

    access_token: str
    expires_in_s: int
    refresh_token: str | None = None
    session_code: str | None = None


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class Accounts:
    """Everything about signing in. Safe to share between threads.

    One password is checked at a time: so many attempts at once cannot outrun the limit on failed
    ones, nor fill the memory with hashing.
    """

    def __init__(
        self,
        accounts: AccountStore,
        credentials: CredentialStore,
        passwords: Passwords,
        tokens: AccessTokens,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._accounts = accounts
        self._credentials = credentials
        self._passwords = passwords
        self._tokens = tokens
        self._now = now
        self._one_at_a_time = threading.Lock()

    def register(self, email: str, password: str, *, address: str = "") -> Credentials:
        """Make an account and sign in to it.

        Raises
        ------
        Conflict
            If the e-mail has an account.
        TooManyAttempts
            If the address has asked for too many accounts.
        """
        with self._hashing():
            self._count_registration(address)
            hashed = self._passwords.hash(password)
        user = self._accounts.add_user(secrets.token_hex(16), email, hashed, now=self._now())
        return self.sign_in_as(user.id)

    def sign_in(self, email: str, password: str, *, address: str) -> Credentials:
        """Trade an e-mail and its password for credentials; refuses as :meth:`prove` does."""
        return self.sign_in_as(self.prove(email, password, address=address).id)

    def prove(self, email: str, password: str, *, address: str) -> User:
        """The account that an e-mail and its password open.

        Raises
        ------
        NotSignedIn
            If the pair is wrong: the same answer after the same work, whether or not the account
            exists.
        TooManyAttempts
            If the account or the address has seen too many failures; even a right one is refused.
        """
        email = email.strip().lower()[:254]
        self._refuse_if_too_many(email, address)  # before queueing for the lock, to keep it short
        with self._hashing():
            self._refuse_if_too_many(email, address)
            user = self._checked(email, password)
            if user is None:
                self._accounts.add_failure(account=email, address=address, now=self._now())
        if user is None:
            raise NotSignedIn("The e-mail or the password is wrong.", hint="Check both.")
        self._accounts.forget_failures(account=email)
        return user

    def sign_in_as(self, user_id: str) -> Credentials:
        """Credentials for somebody who has proven to be this user."""
        token, family = secrets.token_urlsafe(32), secrets.token_hex(16)
        self._credentials.add_refresh_token(
            Renewal(digest_of(token), user_id, family, self._now() + REFRESH_LIFE)
        )
        return self._credentials_of(user_id, refresh_token=token)

    def refresh(self, refresh_token: str) -> Credentials:
        """Trade a refresh token, once, for new credentials."""
        successor = secrets.token_urlsafe(32)
        user_id = self._credentials.rotate_refresh_token(
            digest_of(refresh_token),
            successor=digest_of(successor),
            expires_at=self._now() + REFRESH_LIFE,
            now=self._now(),
        )
        if user_id is None:
            raise _signed_out()
        return self._credentials_of(user_id, refresh_token=successor)

    def open_session(self, code: str) -> str:
        """Trade a one-time code for the secret of a session cookie."""
        session = secrets.token_urlsafe(32)
        opened = self._credentials.open_session(
            digest_of(code),
            session_digest=digest_of(session),
            expires_at=self._now() + SESSION_LIFE,
            now=self._now(),
        )
        if not opened:
            raise _signed_out()
        return session

    def access_by_session(self, session: str) -> Credentials:
        """A fresh access token for who holds a session cookie."""
        user_id = self._credentials.session_user(digest_of(session), now=self._now())
        if user_id is None:
            raise _signed_out()
        return Credentials(self._tokens.issue(user_id), LIFE_S)

    def sign_out(self, *, refresh_token: str | None, session: str | None) -> None:
        """End what is given of a refresh token's family and a session."""
        if refresh_token:
            self._credentials.revoke_refresh_token(digest_of(refresh_token), now=self._now())
        if session:
            self._credentials.end_session(digest_of(session))

    def user_id_of(self, access_token: str) -> str:
        """Whose access token this is; asks no database."""
        return self._tokens.user_id(access_token)

    def user(self, access_token: str) -> User:
        """The account that an access token stands for."""
        user = self._accounts.user(self._tokens.user_id(access_token))
        if user is None:
            raise _signed_out()
        return user

    def count_registration(self, address: str) -> None:
        """Count an account that is made without a password; refuses as :meth:`register` does."""
        with self._hashing():  # one at a time: so many at once cannot outrun the limit
            self._count_registration(address)

    def forget_expired(self) -> None:
        """Drop rows that no longer decide anything."""
        now = self._now()
        self._credentials.forget_expired(now=now)
        self._accounts.forget_failures_before(now - attempts.WINDOW)
        self._accounts.forget_registrations_before(now - attempts.REGISTRATION_WINDOW)

    @contextmanager
    def _hashing(self) -> Iterator[None]:
        """A turn at the one place where passwords are hashed; :class:`StoreBusy` if none comes."""
        if not self._one_at_a_time.acquire(timeout=_HASHING_PATIENCE_S):
            raise StoreBusy("Too many people sign in just now.", hint="Try again in a minute.")
        try:
            yield
        finally:
            self._one_at_a_time.release()

    def _count_registration(self, address: str) -> None:
        now = self._now()
        since = now - attempts.REGISTRATION_WINDOW
        asked = self._accounts.registrations(address=address, since=since)
        attempts.refuse_registration_if_too_many(asked, now=now)
        self._accounts.add_registration(address=address, now=now)

    def _checked(self, email: str, password: str) -> User | None:
        found = self._accounts.password_hash(email)
        matches = self._passwords.matches(password, found[1] if found else None)
        return found[0] if found and matches else None

    def _refuse_if_too_many(self, email: str, address: str) -> None:
        now = self._now()
        failures = self._accounts.failures(
            account=email, address=address, since=now - attempts.WINDOW
        )
        attempts.refuse_if_too_many(failures, now=now)

    def _credentials_of(self, user_id: str, *, refresh_token: str) -> Credentials:
        code = secrets.token_urlsafe(32)
        self._credentials.add_session_code(
            digest_of(code), user_id, expires_at=self._now() + CODE_LIFE
        )
        return Credentials(self._tokens.issue(user_id), LIFE_S, refresh_token, code)


def digest_of(secret: str) -> str:
    """What the database keeps of a random secret; it has 256 bits, so it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _signed_out() -> NotSignedIn:
    return NotSignedIn("You are no longer signed in.", hint="Sign in again.")
