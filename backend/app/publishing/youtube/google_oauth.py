"""Requests to Google's OAuth 2.0 server: consent URL, tokens, refresh, revocation."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from pydantic import BaseModel, ConfigDict

from ...accounts.google_client import SETTING, GoogleClient
from ...errors import NotConfigured
from .answer_limit import AnswerLimit
from .errors import unreachable

_log = logging.getLogger(__name__)

TIMEOUT_S = 10.0  # seconds without a byte; Google answers in tenths of a second
# Errors after which a grant stays invalid (RFC 6749, 5.2, and Google's own;
# developers.google.com/identity/protocols/oauth2). Others may be temporary.
_GRANT_INVALID = (
    "invalid_grant",
    "invalid_token",
    "access_denied",
    "deleted_client",
    "disabled_client",
    "admin_policy_enforced",
    "org_internal",
)
_CLIENT_INVALID = ("invalid_client", "unauthorized_client", "redirect_uri_mismatch")


class GrantRefused(Exception):
    """Google rejects the code or the refresh token permanently."""


class Tokens(BaseModel):
    """Tokens from Google; ``expires_at`` in Unix seconds by this machine's clock.

    A refresh returns the refresh token that it was given unless Google issues a new one.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    access_token: str
    expires_at: float = 0.0  # if Google gives no time, the token is used for one call
    refresh_token: str | None = None
    scope: str | None = None


class _Provider(BaseModel):
    """Addresses from Google's metadata (OpenID Connect Discovery 1.0)."""

    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str


class GoogleOAuth:
    """Google's authorization server, found by its metadata. Thread-safe.

    ``client`` is read at each call, so that a corrected file needs no restart. Each method raises
    ``NotConfigured`` if the server has no OAuth client or Google rejects it, and
    ``YouTubeUnreachable`` if Google gives no usable answer.
    """

    def __init__(
        self, client: Callable[[], GoogleClient], *, answer_limit_s: float = 3 * TIMEOUT_S
    ) -> None:
        self._client = client
        self._answer_limit_s = answer_limit_s
        self._described: tuple[str, _Provider] | None = None

    def consent_url(self, scopes: str, redirect_uri: str, *, state: str, verifier: str) -> str:
        """Return the consent page's URL.

        ``verifier`` later proves that this server requested the consent (PKCE).
        """
        with self._session(scope=scopes, redirect_uri=redirect_uri) as (session, provider):
            url, _ = session.create_authorization_url(
                provider.authorization_endpoint,
                state=state,
                code_verifier=verifier,
                access_type="offline",
                prompt="consent",  # otherwise Google issues a refresh token only the first time
                include_granted_scopes="true",
            )
        return str(url)

    def exchange_code(self, code: str, redirect_uri: str, *, verifier: str) -> Tokens:
        """Exchange a code for tokens; raise :class:`GrantRefused` if the code is invalid."""
        with self._session(redirect_uri=redirect_uri) as (session, provider):
            answer = session.fetch_token(
                provider.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
            )
            return Tokens.model_validate(answer)

    def refresh(self, refresh_token: str) -> Tokens:
        """Refresh the tokens; raise :class:`GrantRefused` if the grant has ended."""
        with self._session() as (session, provider):
            answer = session.refresh_token(provider.token_endpoint, refresh_token)
            return Tokens.model_validate(answer)

    def revoke(self, token: str) -> None:
        """Revoke a grant; it is no error if the grant has already ended."""
        with self._session() as (session, provider):
            # Status 400: the token is already invalid (developers.google.com, "Revoking a token").
            answer = session.revoke_token(provider.revocation_endpoint, token)
            if answer.status_code != 400:
                answer.raise_for_status()

    @contextmanager
    def _session(
        self, *, scope: str | None = None, redirect_uri: str | None = None
    ) -> Iterator[tuple[OAuth2Client, _Provider]]:
        """Open a session with Google's addresses, and translate its errors."""
        client = self._client()
        session = OAuth2Client(
            client.client_id,
            client.client_secret.get_secret_value(),
            token_endpoint_auth_method="client_secret_post",
            revocation_endpoint_auth_method="client_secret_post",
            scope=scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )
        session.event_hooks = {"request": [AnswerLimit(self._answer_limit_s).watch]}
        # Errors are raised without their cause, which would contain the request.
        try:
            with session:
                yield session, self._provider(client)
        except OAuthError as e:
            raise _refusal(str(e.error)) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError):
            self._described = None  # the addresses may have changed
            raise unreachable("Google") from None  # no answer, a failure, or an answer in HTML

    def _provider(self, client: GoogleClient) -> _Provider:
        if self._described is None or self._described[0] != client.discovery_url:
            hooks = {"request": [AnswerLimit(self._answer_limit_s).watch]}
            with httpx2.Client(timeout=TIMEOUT_S, event_hooks=hooks) as http:
                answer = http.get(client.discovery_url).raise_for_status()
            provider = _Provider.model_validate_json(answer.content)
            self._described = (client.discovery_url, provider)
        return self._described[1]


def _refusal(word: str) -> Exception:
    """Translate Google's error code; the description is not shown, as it may repeat the request."""
    if word in _GRANT_INVALID:
        return GrantRefused()
    _log.warning("Google rejects a request for tokens: %s", word if word.isidentifier() else "?")
    if word in _CLIENT_INVALID:
        return NotConfigured(
            f"Google does not accept the client that {SETTING} names ({word}).",
            hint="The server's operator can compare it with the Google Cloud console.",
        )
    return unreachable("Google")
