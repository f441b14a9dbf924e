"""What Segue asks of Google when somebody signs in, and what it believes of the answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from fastapi import Request, Response
from joserfc.errors import JoseError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..accounts.google_client import GoogleClient, google_client
from ..contract.accounts import Email
from ..errors import OAuthRefused
from ..settings import Settings
from ..store.google import Identity

# Google answers in less than a second; a person waits for this one.
TIMEOUT_S = 10.0
_SCOPE = "openid email"
# What Authlib raises for answers of a shape that no provider in its right mind would give.
_MALFORMED = (
    JoseError,
    httpx2.InvalidURL,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RuntimeError,  # metadata that lack an address
)
_log = logging.getLogger(__name__)


class _Person(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    sub: str = Field(min_length=1)
    email: Email


class GoogleProvider:
    """Google as a provider of OpenID Connect: the code flow with PKCE, a state and a nonce.

    What is kept between the two halves of a sign-in lies in ``request.session``. Where Google
    answers is asked once for each client, and again after an answer of Google's that made no sense.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: tuple[GoogleClient, StarletteOAuth2App] | None = None

    def client(self) -> GoogleClient:
        """Who Segue is to Google; :class:`NotConfigured` says what is missing."""
        return google_client(self._settings.google_client_secrets, self._settings.google_issuer)

    async def begin(self, request: Request) -> Response:
        """Send a browser to Google.

        Raises
        ------
        OAuthRefused
            If Google does not answer as it has to.
        """
        client = self.client()
        with self._told_as_refusal():
            app = await self._app_of(client)
            answer: Response = await app.authorize_redirect(request, self._settings.google_callback)
        return answer

    async def identity(self, request: Request) -> Identity:
        """Who has come back from Google, by an ID token that was checked in every part.

        Raises
        ------
        OAuthRefused
            If anything about the way back, or about the token, is not as it has to be.
        """
        client = self.client()
        wanted = _wanted_claims(client)
        with self._told_as_refusal():
            app = await self._app_of(client)
            token = await app.authorize_access_token(request, claims_options=wanted)
        return _identity(client, token.get("userinfo") or {})  # absent where no ID token came

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
            },
        )
        metadata = await app.load_server_metadata()
        if metadata["issuer"] != client.issuer:  # OpenID Connect Discovery 1.0, 4.3
            raise ValueError("the metadata are another issuer's")
        self._known = client, app
        return app

    @contextmanager
    def _told_as_refusal(self) -> Iterator[None]:
        """Round Authlib's calls, and nothing of ours."""
        try:
            yield
        except (httpx2.HTTPError, json.JSONDecodeError) as e:
            self._known = None
            _log.warning("Google did not answer a sign-in: %s", type(e).__name__)
            raise _unreachable() from e
        except AuthlibBaseError as e:  # nothing about where Google answers: anybody can cause it
            _log.info("a sign-in with Google was refused: %.60r", e.error)
            raise _denied() if e.error == "access_denied" else _refused() from e
        except _MALFORMED as e:
            self._known = None
            _log.warning("Google answered a sign-in with nonsense: %s", type(e).__name__)
            raise _refused() from e


def _wanted_claims(client: GoogleClient) -> Mapping[str, Mapping[str, object]]:
    """What an ID token has to say; its times and the nonce are Authlib's to check."""
    return {
        "iss": {"essential": True, "values": client.issuer_spellings},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
        "email": {"essential": True},
    }


def _identity(client: GoogleClient, claims: Mapping[str, object]) -> Identity:
    """Who a checked ID token is about."""
    if claims and claims.get("email_verified") is not True:
        raise _unverified()
    try:
        person = _Person.model_validate(claims)
    except ValidationError as e:
        raise _refused() from e
    # Not as the token spells it, or one person would be two
    return Identity(client.issuer, person.sub, person.email)


def _refused() -> OAuthRefused:
    return OAuthRefused("The sign-in with Google did not work out.", hint="Try it again.")


def _denied() -> OAuthRefused:
    return OAuthRefused(
        "The sign-in was cancelled at Google.",
        hint="Sign in with Google again, or with a password.",
        code="oauth_denied",
    )


def _unverified() -> OAuthRefused:
    return OAuthRefused(
        "Google has not verified the e-mail address of this account.",
        hint="Verify it at Google, or sign in with a password.",
        code="oauth_unverified",
    )


def _unreachable() -> OAuthRefused:
    return OAuthRefused(
        "Google did not answer.",
        hint="Try again in a minute, or sign in with a password.",
        code="oauth_unreachable",
    )
