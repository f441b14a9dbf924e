"""OpenID Connect with Google: authorization code flow, checks of the ID token."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from fastapi import Request, Response
from joserfc.errors import JoseError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..accounts.google_client import GoogleClient
from ..contract.accounts import Email
from ..errors import OAuthRefused
from ..store.accounts.google import Identity
from .google_answers import limit_size

# Google usually answers in under a second, and a person is waiting.
TIMEOUT_S = 10.0
# Seconds for one step of a sign-in: one or two answers, each from its first byte to its last
STEP_LIMIT_S = 2 * TIMEOUT_S
_SCOPE = "openid email"
# Exceptions that Authlib raises for malformed responses.
_MALFORMED = (
    JoseError,
    httpx2.InvalidURL,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RuntimeError,  # raised for metadata without an endpoint
)
_REFUSALS = {
    "oauth_refused": ("The sign-in with Google failed.", "Try it again."),
    "oauth_denied": (
        "The sign-in was cancelled at Google.",
        "Sign in with Google again, or with a password.",
    ),
    "oauth_unverified": (
        "Google has not verified the email address of this account.",
        "Verify it at Google, or sign in with a password.",
    ),
    "oauth_unreachable": (
        "Google did not answer.",
        "Try again in a minute, or sign in with a password.",
    ),
}
_log = logging.getLogger(__name__)


class _Person(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    sub: str = Field(min_length=1)
    email: Email


class GoogleProvider:
    """Google as OpenID Connect provider: code flow with PKCE, state and nonce.

    ``client`` reads this server's OAuth client or raises :class:`NotConfigured`. The state between
    redirect and callback is kept in ``request.session``. Google's metadata is loaded once per
    client, and again after a malformed response. No step waits longer than ``step_limit_s`` for
    Google, even if its answers arrive byte by byte.
    """

    def __init__(
        self,
        client: Callable[[], GoogleClient],
        callback: str,
        *,
        step_limit_s: float = STEP_LIMIT_S,
    ) -> None:
        self.client = client
        self._step_limit_s = step_limit_s
        self._callback = callback
        self._known: tuple[GoogleClient, StarletteOAuth2App] | None = None

    async def begin(self, request: Request) -> Response:
        """Redirect a browser to Google.

        Raise :class:`OAuthRefused` if Google cannot be reached.
        """
        client = self.client()
        with self._as_oauth_refused():
            async with asyncio.timeout(self._step_limit_s):
                app = await self._app_of(client)
                answer: Response = await app.authorize_redirect(request, self._callback)
        return answer

    async def identity(self, request: Request) -> Identity:
        """Return the identity from Google's callback.

        Raise :class:`OAuthRefused` if a check fails.
        """
        client = self.client()
        claims = _required_claims(client)
        with self._as_oauth_refused():
            async with asyncio.timeout(self._step_limit_s):
                app = await self._app_of(client)
                token = await app.authorize_access_token(request, claims_options=claims)
        return _identity(client, token.get("userinfo") or {})  # missing without an ID token

    async def _app_of(self, client: GoogleClient) -> StarletteOAuth2App:
        if self._known is not None and self._known[0] == client:
            return self._known[1]
        app = OAuth().register(
            "google",
            client_id=client.client_id,
            client_secret=client.client_secret.get_secret_value(),
            server_metadata_url=client.discovery_url,
            client_kwargs={
                "scope": _SCOPE,
                "code_challenge_method": "S256",
                "timeout": TIMEOUT_S,
                "headers": {"Accept-Encoding": "identity"},
                "event_hooks": {"response": [limit_size]},
            },
        )
        metadata = await app.load_server_metadata()
        if metadata["issuer"] != client.issuer:  # OpenID Connect Discovery 1.0, 4.3
            raise ValueError("the metadata are of another issuer")
        self._known = client, app
        return app

    @contextmanager
    def _as_oauth_refused(self) -> Iterator[None]:
        """Translate errors of Authlib's calls; the block must contain nothing else."""
        try:
            yield
        except (httpx2.HTTPError, json.JSONDecodeError, TimeoutError) as e:
            self._known = None
            _log.warning("Google did not answer a sign-in: %s", type(e).__name__)
            raise _refusal("oauth_unreachable") from e
        except AuthlibBaseError as e:  # any client can cause it, so keep the metadata
            _log.info("a sign-in with Google was refused: %.60r", e.error)
            is_denied = e.error == "access_denied"
            raise _refusal("oauth_denied" if is_denied else "oauth_refused") from e
        except _MALFORMED as e:
            self._known = None
            _log.warning("malformed response of Google to a sign-in: %s", type(e).__name__)
            raise _refusal("oauth_refused") from e


def _required_claims(client: GoogleClient) -> Mapping[str, Mapping[str, object]]:
    """Claims that an ID token must have; Authlib checks its times and the nonce."""
    return {
        "iss": {"essential": True, "values": client.issuer_spellings},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
        "email": {"essential": True},
    }


def _identity(client: GoogleClient, claims: Mapping[str, object]) -> Identity:
    """Extract the identity from a checked ID token."""
    if claims and claims.get("email_verified") is not True:
        raise _refusal("oauth_unverified")
    try:
        person = _Person.model_validate(claims)
    except ValidationError as e:
        raise _refusal("oauth_refused") from e
    # The configured issuer, not the token's spelling: two spellings would make two identities
    return Identity(client.issuer, person.sub, person.email)


def _refusal(code: str) -> OAuthRefused:
    message, hint = _REFUSALS[code]
    return OAuthRefused(message, hint=hint, code=code)
