"""Encrypt users' secrets in the database, bound to owner and purpose."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import BaseModel, ConfigDict, ValidationError

from .server_secrets import derived_key


class _Content(BaseModel):
    """A secret with its owner and purpose, so that it can't be moved to another row."""

    model_config = ConfigDict(hide_input_in_errors=True)

    user_id: str
    purpose: str
    secret: str


class BrokenSeal(Exception):
    """An encrypted text that no key decrypts, or that has another owner or purpose."""


class Seal:
    """Encrypts and decrypts texts with Fernet. Thread-safe.

    The first key encrypts, all of them decrypt: put a new key first, and keep the old one after it
    until everything is encrypted again. Any strong secret can be a key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def seal(self, secret: str, *, user_id: str, purpose: str) -> str:
        """Encrypt ``secret`` for one owner and purpose."""
        content = _Content(user_id=user_id, purpose=purpose, secret=secret)
        return self._fernet.encrypt(content.model_dump_json().encode()).decode("ascii")

    def open(self, sealed: str, *, user_id: str, purpose: str) -> str:
        """Decrypt; raise :class:`BrokenSeal` unless encrypted for this owner and purpose."""
        try:
            content = _Content.model_validate_json(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValidationError, UnicodeEncodeError) as e:
            raise BrokenSeal from e
        if (content.user_id, content.purpose) != (user_id, purpose):
            raise BrokenSeal
        return content.secret

    def reencrypt(self, sealed: str) -> str | None:
        """Encrypt again with the first key; None if no key decrypts it."""
        try:
            return self._fernet.rotate(sealed.encode()).decode("ascii")
        except (InvalidToken, UnicodeEncodeError):
            return None


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(derived_key(secret, "tokens"))
