"""The OAuth client that Google's console gave to whoever runs this server, read from its file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from ..errors import NotConfigured

SETTING = "GOOGLE_CLIENT_SECRETS"
SPELT_ALSO = {"https://accounts.google.com": "accounts.google.com"}
"""What else an issuer may call itself in an ID token, by its name; Google documents both of its own
(developers.google.com/identity/openid-connect/reference, "issuer" and "iss")."""


class _Web(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    client_id: str
    client_secret: SecretStr


class _SecretsFile(BaseModel):
    """``client_secrets.json`` as the console writes it for a client of the kind "web"."""

    model_config = ConfigDict(hide_input_in_errors=True)

    web: _Web


@dataclass(frozen=True, slots=True)
class GoogleClient:
    """Who Segue is to Google."""

    client_id: str
    client_secret: SecretStr
    issuer: str

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
    try:
        web = _SecretsFile.model_validate_json(file.read_bytes()).web
    except FileNotFoundError as e:
        raise _missing(f"{SETTING} names no file ({file.name}).") from e
    except OSError as e:
        raise _missing(f"{SETTING} names a file that cannot be read ({file.name}).") from e
    except ValidationError as e:
        raise _missing(f"{SETTING} names a file without a web client ({file.name}).") from e
    return GoogleClient(web.client_id, web.client_secret, issuer)


def _missing(what: str) -> NotConfigured:
    return NotConfigured(
        f"Google is not set up on this server: {what}",
        hint="Whoever runs the server finds the steps in the README, under “Google and YouTube”.",
    )
