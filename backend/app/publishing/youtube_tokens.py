"""The tokens of connections to YouTube: sealed at rest, refreshed by one process at a time."""

from __future__ import annotations

import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, ValidationError

from ..accounts.sealing import BrokenSeal, Seal
from ..errors import NotConnected, SegueError
from ..store.youtube import KeptConnection, YouTubeStore
from .google_oauth import GoogleOAuth, GrantRefused, unreachable
from .youtube_client import reconnect

PURPOSE = "youtube"
# A token is good for a call that begins now, whatever the clocks of two machines differ by.
MARGIN_S = 60.0
# Longer than the slowest refresh (a few answers at `google_oauth.TIMEOUT_S` each); who was killed
# in the middle of one keeps the others waiting for as long.
HOLD_S = 60.0
_PATIENCE_S = HOLD_S + 5.0
_LOOK_AGAIN_S = 0.1


class KeptTokens(BaseModel):
    """What lies inside the seal."""

    model_config = ConfigDict(hide_input_in_errors=True)

    access_token: str
    refresh_token: str
    expires_at: float


class YouTubeTokens:
    """Tokens by user. Safe to share between threads; processes share them by the database."""

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

    def sealed(self, user_id: str, tokens: KeptTokens) -> str:
        """Tokens as they may lie in the database: for this user, and worthless for another."""
        return self._seal.seal(tokens.model_dump_json(), user_id=user_id, purpose=PURPOSE)

    def opened(self, kept: KeptConnection) -> KeptTokens | None:
        """The tokens in a row; None if they are not this user's, or none of our keys opens them."""
        try:
            content = self._seal.open(kept.sealed, user_id=kept.user_id, purpose=PURPOSE)
            return KeptTokens.model_validate_json(content)
        except (BrokenSeal, ValidationError):
            return None

    def access_token(self, user_id: str, rejected: str | None = None) -> str:
        """A token that is good for a minute at least, and is not the ``rejected`` one.

        One caller of all refreshes it where that is needed; the others wait for what it brings.

        Raises
        ------
        NotConnected
            If the user has no connection.
        ReconnectNeeded
            If it is accepted no longer.
        YouTubeUnreachable
            If Google does not answer.
        """
        waited_s = 0.0
        while waited_s < _PATIENCE_S:
            kept, tokens = self._working(user_id)
            if tokens.access_token != rejected and self._lasts(tokens):
                return tokens.access_token
            if self._store.claim_refresh(user_id, kept.sealed, hold_s=HOLD_S):
                fresh = self._refreshed(kept, tokens)
                if fresh is not None:
                    return fresh
            self._sleep(_LOOK_AGAIN_S)
            waited_s += _LOOK_AGAIN_S
        raise unreachable()

    def refused(self, user_id: str, token: str) -> None:
        """YouTube has refused this token, which came in place of one that it had refused before.

        A new consent is needed, unless the connection has got other tokens meanwhile.
        """
        kept = self._store.connection(user_id)
        tokens = self.opened(kept) if kept else None
        if kept is not None and tokens is not None and tokens.access_token == token:
            self._store.mark_refused(user_id, kept.sealed)

    def seal_anew(self) -> None:
        """Bring all that is sealed under the first key, so that the others may go."""
        self._store.seal_anew(self._seal.renewed)

    def _working(self, user_id: str) -> tuple[KeptConnection, KeptTokens]:
        kept = self._store.connection(user_id)
        if kept is None:
            raise NotConnected(
                "No YouTube channel is connected.", hint="Connect your channel first."
            )
        tokens = self.opened(kept)
        if tokens is None or kept.needs_reconnect:
            raise reconnect()
        return kept, tokens

    def _lasts(self, tokens: KeptTokens) -> bool:
        return tokens.expires_at - self._now_s() > MARGIN_S

    def _refreshed(self, kept: KeptConnection, tokens: KeptTokens) -> str | None:
        """The new token; None if the connection was changed or given up meanwhile."""
        try:
            fresh = self._google.refresh(tokens.refresh_token)
        except GrantRefused:
            if self._store.mark_reconnect(kept.user_id, kept.sealed):
                raise reconnect() from None
            return None
        except SegueError:
            self._store.release_refresh(kept.user_id, kept.sealed)
            raise
        renewed = KeptTokens(
            access_token=fresh.access_token,
            refresh_token=fresh.refresh_token or tokens.refresh_token,
            expires_at=fresh.expires_at,
        )
        sealed = self.sealed(kept.user_id, renewed)
        is_ours = self._store.refreshed(kept.user_id, kept.sealed, renewed=sealed)
        return fresh.access_token if is_ours else None
