"""Access tokens of YouTube connections: stored encrypted, refreshed by one process at a time."""

from __future__ import annotations

import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, ValidationError

from ...accounts.sealing import BrokenSeal, Seal
from ...errors import NotConnected, SegueError
from ...store.accounts.youtube import StoredConnection, YouTubeStore
from .errors import reconnect, unreachable
from .google_oauth import GoogleOAuth, GrantRefused

PURPOSE = "youtube"
# A token must be valid for at least this many seconds more, for a call and for clocks that differ.
MARGIN_S = 60.0
# Lifetime of a refresh lock: longer than the slowest refresh (a few answers at
# `google_oauth.TIMEOUT_S` each). After a crash, others wait this long.
LOCK_S = 60.0
_WAIT_LIMIT_S = LOCK_S + 5.0
_POLL_S = 0.1


class StoredTokens(BaseModel):
    """The tokens of a connection, as they are encrypted."""

    model_config = ConfigDict(hide_input_in_errors=True)

    access_token: str
    refresh_token: str
    expires_at: float


class YouTubeTokens:
    """Access tokens by user. Thread-safe; processes share them through the database."""

    def __init__(
        self,
        store: YouTubeStore,
        seal: Seal,
        google: GoogleOAuth,
        *,
        now_s: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._seal = seal
        self._google = google
        self._now_s = now_s
        self._sleep = sleep

    def seal(self, user_id: str, tokens: StoredTokens) -> str:
        """Encrypt tokens for the database, bound to the user."""
        return self._seal.seal(tokens.model_dump_json(), user_id=user_id, purpose=PURPOSE)

    def open(self, stored: StoredConnection) -> StoredTokens | None:
        """Decrypt stored tokens; None if they belong to another user or no key fits."""
        try:
            content = self._seal.open(stored.sealed, user_id=stored.user_id, purpose=PURPOSE)
            return StoredTokens.model_validate_json(content)
        except (BrokenSeal, ValidationError):
            return None

    def access_token(self, user_id: str, rejected: str | None = None) -> str:
        """Return a token other than ``rejected`` that is valid for at least a minute.

        If it needs a refresh, one caller refreshes it while the others wait. Raise
        ``NotConnected`` without a connection, ``ReconnectNeeded`` if Google or YouTube no longer
        accepts it, ``YouTubeUnreachable`` if Google does not answer.
        """
        waited_s = 0.0
        while waited_s < _WAIT_LIMIT_S:
            stored, tokens = self._require_working(user_id)
            lasts = tokens.expires_at - self._now_s() > MARGIN_S
            if tokens.access_token != rejected and lasts:
                return tokens.access_token
            if self._store.claim_refresh(user_id, stored.sealed, hold_s=LOCK_S):
                fresh = self._refresh(stored, tokens)
                if fresh is not None:
                    return fresh
            self._sleep(_POLL_S)
            waited_s += _POLL_S
        raise unreachable("Google")

    def refused(self, user_id: str, token: str) -> None:
        """Mark a connection as refused, after YouTube rejected its last two tokens.

        Does nothing if the connection has other tokens by now.
        """
        stored = self._store.connection(user_id)
        tokens = self.open(stored) if stored else None
        if stored is not None and tokens is not None and tokens.access_token == token:
            self._store.mark_refused(user_id, stored.sealed)

    def reencrypt(self) -> None:
        """Encrypt all tokens with the first key, so that other keys can be removed."""
        self._store.reencrypt(self._seal.reencrypt)

    def _require_working(self, user_id: str) -> tuple[StoredConnection, StoredTokens]:
        stored = self._store.connection(user_id)
        if stored is None:
            raise NotConnected(
                "No YouTube channel is connected.", hint="Connect your channel first."
            )
        tokens = self.open(stored)
        if tokens is None or stored.needs_reconnect:
            raise reconnect()
        return stored, tokens

    def _refresh(self, stored: StoredConnection, tokens: StoredTokens) -> str | None:
        """Refresh and return the new token; None if the connection changed meanwhile."""
        try:
            fresh = self._google.refresh(tokens.refresh_token)
        except GrantRefused:
            if self._store.mark_reconnect(stored.user_id, stored.sealed):
                raise reconnect() from None
            return None
        except SegueError:
            self._store.release_refresh(stored.user_id, stored.sealed)
            raise
        renewed = StoredTokens(
            access_token=fresh.access_token,
            refresh_token=fresh.refresh_token or tokens.refresh_token,
            expires_at=fresh.expires_at,
        )
        sealed = self.seal(stored.user_id, renewed)
        is_ours = self._store.refreshed(stored.user_id, stored.sealed, renewed=sealed)
        return fresh.access_token if is_ours else None
