"""Secrets of users at rest: encrypted, and bound to their owner and purpose."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import BaseModel, ConfigDict, ValidationError

from .keys import derived_key


class _Content(BaseModel):
    """What lies inside a sealed text; a text moved to another row says whose it really is."""

    model_config = ConfigDict(hide_input_in_errors=True)

    user_id: str
    purpose: str
    secret: str


class BrokenSeal(Exception):
    """A sealed text that none of our keys opens, or that belongs to somebody or something else."""


class Seal:
    """Seals and opens texts with Fernet. Safe to share between threads.

    The first key seals, all of them open: a new key goes in front, the old one stays behind it
    until everything has been sealed anew. Any strong secret will do as a key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def seal(self, secret: str, *, user_id: str, purpose: str) -> str:
        """``secret`` as a text that only this server can open, and only for this owner."""
        content = _Content(user_id=user_id, purpose=purpose, secret=secret)
        return self._fernet.encrypt(content.model_dump_json().encode()).decode("ascii")

    def open(self, sealed: str, *, user_id: str, purpose: str) -> str:
        """What was sealed.

        Raises
        ------
        BrokenSeal
            If it was not sealed with one of our keys, for this owner and this purpose.
        """
        try:
            content = _Content.model_validate_json(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValidationError, UnicodeEncodeError) as e:
            raise BrokenSeal from e
        if (content.user_id, content.purpose) != (user_id, purpose):
            raise BrokenSeal
        return content.secret

    def renewed(self, sealed: str) -> str | None:
        """The same content under the first key; None if no key of ours opens it."""
        try:
            return self._fernet.rotate(sealed.encode()).decode("ascii")
        except (InvalidToken, UnicodeEncodeError):
            return None


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(derived_key(secret, "tokens"))
