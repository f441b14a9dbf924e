"""Read the server's OAuth client from Google's ``client_secrets.json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, SecretStr, ValidationError

from ..errors import NotConfigured
from .server_secrets import is_placeholder

SETTING = "GOOGLE_CLIENT_SECRETS"
ISSUER_ALIASES = {"https://accounts.google.com": "accounts.google.com"}
"""A second spelling of Google's issuer in ID tokens; Google documents both
(developers.google.com/identity/openid-connect/reference, "issuer" and "iss")."""


class _Web(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    client_id: str
    client_secret: SecretStr
    redirect_uris: list[str] = []


class _SecretsFile(BaseModel):
    """``client_secrets.json`` as the console writes it for a client of type "web"."""

    model_config = ConfigDict(hide_input_in_errors=True)

    web: _Web | None = None
    installed: JsonValue = None


@dataclass(frozen=True, slots=True)
class GoogleClient:
    """Segue's OAuth client; ``redirect_uris`` are those listed in the file, if any."""

    client_id: str
    client_secret: SecretStr
    issuer: str
    redirect_uris: tuple[str, ...] = ()

    @property
    def issuer_spellings(self) -> list[str]:
        """All accepted spellings of the issuer in an ID token."""
        alias = ISSUER_ALIASES.get(self.issuer)
        return [self.issuer, alias] if alias else [self.issuer]

    @property
    def discovery_url(self) -> str:
        """Address of Google's metadata (OpenID Connect Discovery 1.0)."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


def google_client(file: Path, issuer: str) -> GoogleClient:
    """Read the client from ``file``; raise :class:`NotConfigured` if it has none."""
    web = _web_client(file)
    return GoogleClient(web.client_id, web.client_secret, issuer, tuple(web.redirect_uris))


def client_warnings(file: Path, issuer: str, redirect_uris: Sequence[str]) -> list[str]:
    """List problems of the file for the server's operator; none if there is no file."""
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
        raise _missing(f"the file of {SETTING} does not exist ({name}).") from e
    except OSError as e:
        raise _missing(f"the file of {SETTING} can't be read ({name}).") from e
    except ValidationError as e:
        is_json = e.errors()[0]["type"] != "json_invalid"
        fault = "lacks a client's id or secret" if is_json else "is not JSON"
        raise _missing(f"the file of {SETTING} {fault} ({name}).") from e
    fault = _fault_of(read)
    if read.web is None or fault:
        raise _missing(f"the file of {SETTING} {fault} ({name}).")
    return read.web


def _fault_of(read: _SecretsFile) -> str:
    if read.web is not None:
        given = (read.web.client_id, read.web.client_secret.get_secret_value())
        return "has a placeholder as id or secret" if any(map(is_placeholder, given)) else ""
    if read.installed:
        return "is for a desktop client; create one of type “Web application”"
    return "has no web client"


def _missing(what: str) -> NotConfigured:
    return NotConfigured(
        f"Google is not set up on this server: {what}",
        hint="The server's operator finds the steps in the README, under “Google and YouTube”.",
    )
