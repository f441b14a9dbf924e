"""Tokens from Google: consent asked for, codes traded, tokens refreshed and revoked (OAuth 2.0)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
from pydantic import BaseModel, ConfigDict

from ..accounts.google_client import SETTING, GoogleClient
from ..errors import NotConfigured, YouTubeUnreachable

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

_log = logging.getLogger(__name__)

TIMEOUT_S = 10.0  # without a byte: Google answers in tenths of a second
# What Google says where the grant itself is no good any more (RFC 6749, 5.2, and Google's own
# words; developers.google.com/identity/protocols/oauth2). Anything else may be better tomorrow.
_GRANT_IS_DEAD = (
    "invalid_grant",
    "invalid_token",
    "access_denied",
    "deleted_client",
    "disabled_client",
    "admin_policy_enforced",
    "org_internal",
)
_CLIENT_IS_WRONG = ("invalid_client", "unauthorized_client", "redirect_uri_mismatch")


class GrantRefused(Exception):
    """Google accepts the code or the refresh token not, or not any longer."""


class Tokens(BaseModel):
    """What Google hands out; ``expires_at`` is in seconds since 1970, by the clock of this machine.

    A refresh answers with the refresh token that it was given where Google gives no new one.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    access_token: str
    expires_at: float = 0.0  # where Google does not say, a token is good for one call
    refresh_token: str | None = None
    scope: str | None = None


class _Provider(BaseModel):
    """What is read of the issuer's description of itself (OpenID Connect Discovery 1.0)."""

    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str


class GoogleOAuth:
    """Google's authorization server, as it describes itself. Safe to share between threads.

    ``client`` is read anew each time, so that a file put right needs no restart.

    Raises
    ------
    NotConfigured
        If the server has no client, or Google does not know it.
    YouTubeUnreachable
        If Google does not answer, or not as it should.
    """

    def __init__(self, client: Callable[[], GoogleClient]) -> None:
        self._client = client
        self._described: tuple[str, _Provider] | None = None

    def consent_url(self, scopes: str, redirect_uri: str, *, state: str, verifier: str) -> str:
        """Where a person is asked; ``verifier`` proves later that it was we who asked (PKCE)."""
        with self._asking(scope=scopes, redirect_uri=redirect_uri) as (session, provider):
            url, _ = session.create_authorization_url(
                provider.authorization_endpoint,
                state=state,
                code_verifier=verifier,
                access_type="offline",
                prompt="consent",  # without it, Google gives a refresh token the first time only
                include_granted_scopes="true",
            )
        return str(url)

    def trade(self, code: str, redirect_uri: str, *, verifier: str) -> Tokens:
        """The tokens for a code that a browser has brought; :class:`GrantRefused` if it is none."""
        with self._asking(redirect_uri=redirect_uri) as (session, provider):
            answer = session.fetch_token(
                provider.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
            )
            return Tokens.model_validate(answer)

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens; :class:`GrantRefused` if there will never be any more."""
        with self._asking() as (session, provider):
            answer = session.refresh_token(provider.token_endpoint, refresh_token)
            return Tokens.model_validate(answer)

    def revoke(self, token: str) -> None:
        """End what was allowed; a token that is dead already is not worth an error."""
        with self._asking() as (session, provider):
            # 400: the token is dead already (developers.google.com, "Revoking a token")
            answer = session.revoke_token(provider.revocation_endpoint, token)
            if answer.status_code != 400:
                answer.raise_for_status()

    @contextmanager
    def _asking(
        self, *, scope: str | None = None, redirect_uri: str | None = None
    ) -> Iterator[tuple[OAuth2Client, _Provider]]:
        from authlib.integrations.httpx_client import OAuth2Client, OAuthError

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
        # No error's cause is kept: it would hold what was sent
        try:
            with session:
                yield session, self._provider(client)
        except OAuthError as e:
            raise _refusal(str(e.error)) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError):
            self._described = None  # it may have moved
            raise unreachable() from None  # not there, in trouble, or answering in HTML

    def _provider(self, client: GoogleClient) -> _Provider:
        if self._described is None or self._described[0] != client.discovery_url:
            with httpx2.Client(timeout=TIMEOUT_S) as anybody:
                answer = anybody.get(client.discovery_url).raise_for_status()
            provider = _Provider.model_validate_json(answer.content)
            self._described = (client.discovery_url, provider)
        return self._described[1]


def _refusal(word: str) -> Exception:
    """What an error of Google's means; its description may repeat what was sent."""
    if word in _GRANT_IS_DEAD:
        return GrantRefused()
    _log.warning("Google refuses a request for tokens: %s", word if word.isidentifier() else "?")
    if word in _CLIENT_IS_WRONG:
        return NotConfigured(
            f"Google does not accept the client that {SETTING} names ({word}).",
            hint="Whoever runs the server can compare it with the Google Cloud console.",
        )
    return unreachable()


def unreachable() -> YouTubeUnreachable:
    """Google does not answer, or not as it should."""
    return YouTubeUnreachable("Google cannot be reached just now.", hint="Try again later.")
