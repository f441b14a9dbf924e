"""The OAuth client that Google's console gave to whoever runs this server, read from its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, SecretStr, ValidationError

from ..errors import NotConfigured

SETTING = "GOOGLE_CLIENT_SECRETS"
SPELT_ALSO = {"https://accounts.google.com": "accounts.google.com"}
"""What else an issuer may call itself in an ID token, by its name; Google documents both of its own
(developers.google.com/identity/openid-connect/reference, "issuer" and "iss")."""


class _Web(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    client_id: str
    client_secret: SecretStr
    redirect_uris: list[str] = []


class _SecretsFile(BaseModel):
    """``client_secrets.json`` as the console writes it for a client of the kind "web"."""

    model_config = ConfigDict(hide_input_in_errors=True)

    web: _Web | None = None
    installed: JsonValue = None


@dataclass(frozen=True, slots=True)
class GoogleClient:
    """Who Segue is to Google; ``redirect_uris`` are those that the file lists, if it does."""

    client_id: str
    client_secret: SecretStr
    issuer: str
    redirect_uris: tuple[str, ...] = ()

    @property
    def issuer_spellings(self) -> list[str]:
        """What the issuer may call itself in an ID token."""
        also = SPELT_ALSO.get(self.issuer)
        return [self.issuer, also] if also else [self.issuer]

    @property
    def discovery_url(self) -> str:
        """Where the issuer says which addresses it answers at (OpenID Connect Discovery 1.0)."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


def google_client(file: Path, issuer: str) -> GoogleClient:
    """The client in ``file``.

    Raises
    ------
    NotConfigured
        If there is no such file, or it is of another kind; the message names the setting.
    """
    web = _web_client(file)
    return GoogleClient(web.client_id, web.client_secret, issuer, tuple(web.redirect_uris))


def doubts(file: Path, issuer: str, redirect_uris: Sequence[str]) -> list[str]:
    """What whoever runs the server should know of the file before anybody is sent to Google.

    That there is none is no doubt: Google is optional.
    """
    if not file.exists():
        return []
    try:
        listed = google_client(file, issuer).redirect_uris
    except NotConfigured as refused:
        return [refused.message]
    return [
        f"{file.name} does not list the redirect URI {uri}: add it in Google's console."
        for uri in redirect_uris
        if listed and uri not in listed
    ]


def _web_client(file: Path) -> _Web:
    name = file.name
    try:
        read = _SecretsFile.model_validate_json(file.read_bytes())
    except FileNotFoundError as e:
        raise _missing(f"{SETTING} names no file ({name}).") from e
    except OSError as e:
        raise _missing(f"{SETTING} names a file that cannot be read ({name}).") from e
    except ValidationError as e:
        is_json = e.errors()[0]["type"] != "json_invalid"
        what = "lacks a client's id or secret" if is_json else "is no JSON"
        raise _missing(f"{SETTING} names a file that {what} ({name}).") from e
    if read.web is None:
        kind = "of a desktop client; make one of the type “Web application”"
        what = kind if read.installed else "without a web client"
        raise _missing(f"{SETTING} names a file {what} ({name}).")
    return read.web


def _missing(what: str) -> NotConfigured:
    return NotConfigured(
        f"Google is not set up on this server: {what}",
        hint="Whoever runs the server finds the steps in the README, under “Google and YouTube”.",
    )
