"""Register, sign in and out, rotate refresh tokens, open sessions."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ..errors import NotSignedIn
from ..store.accounts.accounts import AccountStore, User
from ..store.accounts.credentials import CredentialStore
from ..store.accounts.sign_ins import Holder, SignIn, Visit
from . import attempts
from .emails import normalised_email, spellings_of
from .passwords import Passwords
from .tokens import LIFE_S, AccessTokens, VerifiedToken
from .weak_passwords import refuse_weak

REFRESH_LIFE = timedelta(days=30)
SESSION_LIFE = timedelta(days=30)
CODE_LIFE = timedelta(seconds=60)
# Characters kept of a User-Agent header, enough to recognise a browser.
MAX_DEVICE = 300
# Time to hash about thirty passwords. The API lets few requests in at once, so none waits that
# long.
_HASHING_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access token and its refresh token (None for a session cookie)."""

    access_token: str
    expires_in_s: int
    refresh_token: str | None = None
    session_code: str | None = None


@dataclass(frozen=True, slots=True)
class Authenticated:
    """An account, and the password hash against which its password was checked."""

    user: User
    password_hash: str = field(repr=False)


def utc_now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


class Accounts:
    """Sign-in and its tokens. Thread-safe.

    Passwords are checked one at a time: parallel attempts can't outrun the limit on failed ones,
    nor fill the memory with hashing.
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
        self._hashing_lock = threading.Lock()

    def has_accounts(self) -> bool:
        """Whether there is an account yet."""
        return self._accounts.has_accounts()

    def register(
        self, email: str, password: str, *, address: str = "", device: str = ""
    ) -> Credentials:
        """Create an account and sign in to it.

        Raise ``InvalidRequest`` if the email is not valid, ``WeakPassword``, ``Conflict`` if the
        email has an account, ``TooManyAttempts`` if the address has created too many.
        """
        email = normalised_email(email)
        refuse_weak(password, email)
        with self._hashing():
            self._count_registration(address)
            hashed = self._passwords.hash(password)
        user = self._accounts.add_user(secrets.token_hex(16), email, hashed, now=self._now())
        return self.sign_in_as(user.id, address=address, device=device)

    def sign_in(self, email: str, password: str, *, address: str, device: str = "") -> Credentials:
        """Sign in by email and password; raises like :meth:`authenticate`."""
        found = self.authenticate(email, password, address=address)
        return self.sign_in_as(
            found.user.id, address=address, device=device, password_hash=found.password_hash
        )

    def authenticate(self, email: str, password: str, *, address: str) -> Authenticated:
        """Return the account that has this email and password.

        Raise ``NotSignedIn`` if the pair is wrong, with the same answer and the same work whether
        or not the account exists; ``TooManyAttempts`` after too many failures of the address, of
        the account, or of the account from this address, even if the password is right. Failures
        elsewhere do not count for addresses from which the account was signed in to.
        """
        spellings, address = spellings_of(email), attempts.counted_address(address)
        email = spellings[-1]
        # before waiting for the lock, so that the queue stays short
        self._limit_sign_ins(spellings, address)
        with self._hashing():
            self._limit_sign_ins(spellings, address)
            found = self._checked(spellings, password)
            if found is None:
                self._accounts.add_failure(account=email, address=address, now=self._now())
        if found is None:
            raise _wrong_password()
        self._accounts.delete_failures(account=email, address=address)
        return found

    def forgive(self, email: str, *, address: str) -> None:
        """Reset an account's failed sign-ins from an address."""
        account, address = spellings_of(email)[-1], attempts.counted_address(address)
        self._accounts.delete_failures(account=account, address=address)

    def sign_in_as(
        self,
        user_id: str,
        *,
        address: str = "",
        device: str = "",
        password_hash: str | None = None,
    ) -> Credentials:
        """Issue credentials to an authenticated user on a device.

        Raise ``NotSignedIn`` if ``password_hash``, which was checked, is no longer the account's.
        """
        token, now = secrets.token_urlsafe(32), self._now()
        sign_in = SignIn(
            id=secrets.token_hex(16),
            user_id=user_id,
            device=device[:MAX_DEVICE],
            address=address,
            created_at=now,
            seen_at=now,
            expires_at=now + REFRESH_LIFE,
        )
        if not self._credentials.add_sign_in(
            sign_in,
            digest_of(token),
            password_hash=password_hash,
            known_as=attempts.counted_address(address),
        ):
            raise _wrong_password()
        return self._credentials_of(Holder(user_id, sign_in.id), refresh_token=token)

    def refresh(self, refresh_token: str, *, address: str = "", device: str = "") -> Credentials:
        """Rotate a refresh token: exchange it, once, for new credentials."""
        successor = secrets.token_urlsafe(32)
        holder = self._credentials.rotate_refresh_token(
            digest_of(refresh_token),
            successor=digest_of(successor),
            expires_at=self._now() + REFRESH_LIFE,
            visit=Visit(self._now(), address, device[:MAX_DEVICE]),
        )
        if holder is None:
            raise _signed_out()
        return self._credentials_of(holder, refresh_token=successor)

    def open_session(self, code: str) -> str:
        """Exchange a one-time code for the secret of a session cookie."""
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

    def access_by_session(
        self, session: str, *, address: str = "", device: str = ""
    ) -> Credentials:
        """Issue an access token to the holder of a session cookie."""
        visit = Visit(self._now(), address, device[:MAX_DEVICE])
        holder = self._credentials.use_session(digest_of(session), visit)
        if holder is None:
            raise _signed_out()
        return Credentials(self._tokens.issue(holder), LIFE_S)

    def sign_out(self, *, refresh_token: str | None, session: str | None) -> None:
        """End the sign-in of the refresh token, and that of the session, where given."""
        by_token = refresh_token and self._credentials.holder_of_refresh_token(
            digest_of(refresh_token)
        )
        by_session = session and self._credentials.holder_of_session(digest_of(session))
        for holder in (by_token, by_session):
            if holder:
                self._credentials.end_sign_in(holder)

    def verified(self, access_token: str) -> VerifiedToken:
        """Return the holder and the end of an access token, without a database query."""
        return self._tokens.verified(access_token)

    def holder_of(self, access_token: str) -> Holder:
        """Return the user and sign-in of an access token, without a database query."""
        return self._tokens.holder(access_token)

    def user_id_of(self, access_token: str) -> str:
        """Return the owner of an access token, without a database query."""
        return self.holder_of(access_token).user_id

    def user(self, access_token: str) -> User:
        """Return the account of an access token, unless its sign-in has ended."""
        user = self._credentials.user(self.holder_of(access_token), now=self._now())
        if user is None:
            raise _signed_out()
        return user

    def active(self, holders: Collection[Holder]) -> set[Holder]:
        """Return those holders whose sessions have not ended, with one query."""
        return self._credentials.active(holders, now=self._now())

    def hash(self, password: str) -> str:
        """Hash a new password, after the passwords that wait already."""
        with self._hashing():
            return self._passwords.hash(password)

    def count_registration(self, address: str) -> None:
        """Count an account created without a password; raises like :meth:`register`."""
        with self._hashing():  # one at a time, so that parallel requests cannot exceed the limit
            self._count_registration(address)

    def delete_expired(self) -> None:
        """Delete expired tokens, sessions, failures, registrations and known addresses."""
        now = self._now()
        self._credentials.delete_expired(now=now)
        self._accounts.delete_failures_before(now - attempts.WINDOW)
        self._accounts.delete_registrations_before(now - attempts.REGISTRATION_WINDOW)
        self._accounts.delete_known_addresses_before(now - attempts.KNOWN_FOR)

    @contextmanager
    def _hashing(self) -> Iterator[None]:
        """Hold the hashing lock; raise ``StoreBusy`` after waiting too long."""
        if not self._hashing_lock.acquire(timeout=_HASHING_TIMEOUT_S):
            raise attempts.too_many_at_once()
        try:
            yield
        finally:
            self._hashing_lock.release()

    def _count_registration(self, address: str) -> None:
        now, address = self._now(), attempts.counted_address(address)
        since = now - attempts.REGISTRATION_WINDOW
        registrations = self._accounts.registrations(address=address, since=since)
        attempts.limit_registrations(registrations, now=now)
        self._accounts.add_registration(address=address, now=now)

    def _checked(self, spellings: Sequence[str], password: str) -> Authenticated | None:
        found = self._accounts.password_hash(*spellings)
        matches = self._passwords.matches(password, found[1] if found else None)
        return Authenticated(*found) if found and matches else None

    def _limit_sign_ins(self, spellings: Sequence[str], address: str) -> None:
        now = self._now()
        failures = self._accounts.failures(
            account=spellings[-1], address=address, since=now - attempts.WINDOW
        )
        is_known = self._accounts.is_known_address(
            *spellings, address=address, since=now - attempts.KNOWN_FOR
        )
        attempts.limit_sign_ins(failures, is_known_address=is_known, now=now)

    def _credentials_of(self, holder: Holder, *, refresh_token: str) -> Credentials:
        code = secrets.token_urlsafe(32)
        self._credentials.add_session_code(
            digest_of(code), holder, expires_at=self._now() + CODE_LIFE
        )
        return Credentials(self._tokens.issue(holder), LIFE_S, refresh_token, code)


def digest_of(secret: str) -> str:
    """Digest of a random secret for the database; with 256 random bits it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _wrong_password() -> NotSignedIn:
    return NotSignedIn("The email or the password is wrong.", hint="Check both.")


def _signed_out() -> NotSignedIn:
    return NotSignedIn("You are no longer signed in.", hint="Sign in again.")
