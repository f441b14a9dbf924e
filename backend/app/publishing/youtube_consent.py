"""Consent: a user goes to Google to let Segue publish, and comes back with a code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..errors import OAuthRefused, SegueError
from ..store.youtube import YouTubeStore
from .google_oauth import GrantRefused, Tokens
from .youtube_connection import MANAGE, UPLOAD, YouTubeConnections, may_upload
from .youtube_tokens import KeptTokens

# The least that lets us upload and set a thumbnail; and that lets us read whose channel it is, find
# a video again whose upload ended in doubt, and change playlists (there is no smaller one for it).
SCOPES = f"{UPLOAD} {MANAGE}"
STATE_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ComeBack:
    """What a browser brings from Google, none of it believed yet."""

    state: str = ""
    code: str = ""
    error: str = ""


class YouTubeConsent:
    """Both halves of a consent. Safe to share between threads.

    The state is random and good once, for one user. The code verifier (PKCE) lies nowhere: it is
    what ``key`` makes of the state.
    """

    def __init__(
        self,
        store: YouTubeStore,
        connections: YouTubeConnections,
        *,
        key: bytes,
        redirect_uri: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._connections = connections
        self._key = key
        self._redirect_uri = redirect_uri
        self._now = now

    def start(self, user_id: str) -> str:
        """Where to send the user's browser.

        Raises
        ------
        NotConfigured, YouTubeUnreachable
            If Google does not know this server, or does not answer.
        """
        state = secrets.token_urlsafe(32)
        url = self._connections.google.consent_url(
            SCOPES, self._redirect_uri, state=state, verifier=self._verifier(state)
        )
        now = self._now()
        self._store.add_state(_digest(state), user_id, expires_at=now + STATE_LIFE, now=now)
        return url

    def finish(self, user_id: str | None, brought: ComeBack) -> None:
        """Connect the user whose browser has come back; ``user_id`` is who is signed in there.

        Without that, a consent that somebody else has begun could be finished in a victim's
        browser, and the victim's channel would be the other's to publish to. A state is spent by
        whatever comes back with it. What was allowed and leads to no connection is taken back.

        Raises
        ------
        OAuthRefused
            If it is not the way back of a consent that this user has begun and given.
        YouTubeRefused
            If the account has no channel.
        """
        began = self._store.take_state(_digest(brought.state), now=self._now())
        if began is None:
            raise _stale()
        if user_id != began:
            raise _other_browser()
        if brought.error or not brought.code:
            raise _denied() if brought.error == "access_denied" else _refused()
        tokens = self._traded(brought)
        try:
            self._keep(user_id, tokens)
        except SegueError:
            self._connections.let_go(user_id, tokens.refresh_token or tokens.access_token)
            raise

    def _keep(self, user_id: str, tokens: Tokens) -> None:
        # RFC 6749, 5.1: left out where it is what was asked for
        scopes = SCOPES if tokens.scope is None else tokens.scope
        if not may_upload(scopes):
            raise _no_upload()
        self._connections.keep(user_id, _lasting(tokens), scopes)

    def _traded(self, brought: ComeBack) -> Tokens:
        verifier = self._verifier(brought.state)
        try:
            return self._connections.google.trade(
                brought.code, self._redirect_uri, verifier=verifier
            )
        except GrantRefused:
            raise _refused() from None

    def _verifier(self, state: str) -> str:
        """43 characters of base64, as RFC 7636 (4.1) asks for."""
        made = hmac.digest(self._key, state.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode("ascii")


def _digest(state: str) -> str:
    """What the database keeps of a state; it has 256 bits, so it needs no salt."""
    return hashlib.sha256(state.encode()).hexdigest()


def _lasting(tokens: Tokens) -> KeptTokens:
    if tokens.refresh_token is None:
        raise _refused()  # it was asked for; without one the connection would end within the hour
    return KeptTokens(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=tokens.expires_at,
    )


def _refused() -> OAuthRefused:
    return OAuthRefused("YouTube was not connected.", hint="Try it again from the beginning.")


def _denied() -> OAuthRefused:
    return OAuthRefused(
        "You have not allowed Segue to publish.",
        hint="Connect YouTube again if you want to.",
        code="access_denied",
    )


def _stale() -> OAuthRefused:
    return OAuthRefused(
        "This way back from Google is no longer open.",
        hint="Connect YouTube again; you have ten minutes at Google.",
        code="consent_expired",
    )


def _other_browser() -> OAuthRefused:
    return OAuthRefused(
        "Somebody else has begun this, or another browser has.",
        hint="Connect YouTube in the browser in which you are signed in.",
        code="other_browser",
    )


def _no_upload() -> OAuthRefused:
    return OAuthRefused(
        "You have not allowed Segue to upload videos.",
        hint="Connect YouTube again, and leave the box for uploads ticked.",
        code="upload_not_allowed",
    )
