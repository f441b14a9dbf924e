"""Send a user to Google's consent page, and connect with the code that comes back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ...accounts.sign_in import digest_of
from ...errors import OAuthRefused, SegueError
from ...store.accounts.youtube import YouTubeStore
from .connection import MANAGE, UPLOAD, YouTubeConnections, may_upload
from .google_oauth import GrantRefused, Tokens
from .tokens import StoredTokens

# The smallest scopes for uploads and thumbnails, and for reading the channel, finding a video after
# an uncertain upload, and changing playlists.
SCOPES = f"{UPLOAD} {MANAGE}"
STATE_LIFE = timedelta(minutes=10)


class YouTubeConsent:
    """Starts and finishes consents. Thread-safe.

    A state is random and valid once, for one user. The code verifier (PKCE) is not stored but
    derived from the state with ``key``.
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
        """Return Google's URL for the user's browser."""
        state = secrets.token_urlsafe(32)
        url = self._connections.google.consent_url(
            SCOPES, self._redirect_uri, state=state, verifier=self._verifier(state)
        )
        now = self._now()
        self._store.add_state(digest_of(state), user_id, expires_at=now + STATE_LIFE, now=now)
        return url

    def finish(self, user_id: str | None, *, state: str, code: str, error: str) -> None:
        """Connect the user who is signed in to the browser that returned from Google.

        The other arguments are the query of Google's redirect, untrusted; each redirect uses up its
        state. The user must have started the consent: an attacker could otherwise finish theirs in
        a victim's browser and publish to the victim's channel. A grant that leads to no connection
        is revoked. Raise ``OAuthRefused`` if this user did not start or did not grant the consent,
        ``YouTubeRefused`` if the account has no channel.
        """
        started_by = self._require_started(user_id, state)
        if error == "access_denied":
            raise OAuthRefused(
                "You have not allowed Segue to publish.",
                hint="Connect YouTube again if you want to.",
                code="access_denied",
            )
        if error or not code:
            raise _refused()
        tokens = self._exchange(state, code)
        try:
            self._connect(started_by, tokens)
        except SegueError:
            self._connections.revoke_unused(started_by, tokens.refresh_token or tokens.access_token)
            raise

    def _require_started(self, user_id: str | None, state: str) -> str:
        """Use up the state; return the user who started the consent, if it is this one."""
        started_by = self._store.take_state(digest_of(state), now=self._now())
        if started_by is None:
            raise OAuthRefused(
                "This sign-in at Google has expired.",
                hint="Connect YouTube again; you have ten minutes at Google.",
                code="consent_expired",
            )
        if user_id != started_by:
            raise OAuthRefused(
                "Another user or another browser started this.",
                hint="Connect YouTube in the browser in which you are signed in.",
                code="other_browser",
            )
        return started_by

    def _connect(self, user_id: str, tokens: Tokens) -> None:
        # RFC 6749, 5.1: the scope is left out if it is the requested one.
        scopes = SCOPES if tokens.scope is None else tokens.scope
        if not may_upload(scopes):
            raise OAuthRefused(
                "You have not allowed Segue to upload videos.",
                hint="Connect YouTube again, and tick the box for uploads.",
                code="upload_not_allowed",
            )
        if tokens.refresh_token is None:
            raise _refused()  # without a refresh token, the connection would end within the hour
        lasting = StoredTokens.model_validate(tokens, from_attributes=True)
        self._connections.connect(user_id, lasting, scopes)

    def _exchange(self, state: str, code: str) -> Tokens:
        google, verifier = self._connections.google, self._verifier(state)
        try:
            return google.exchange_code(code, self._redirect_uri, verifier=verifier)
        except GrantRefused:
            raise _refused() from None

    def _verifier(self, state: str) -> str:
        """Compute the code verifier: 43 characters of base64 (RFC 7636, 4.1)."""
        digest = hmac.digest(self._key, state.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _refused() -> OAuthRefused:
    return OAuthRefused("YouTube was not connected.", hint="Try again from the beginning.")
