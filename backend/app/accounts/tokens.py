"""Access tokens: short-lived JWTs of exactly one kind, and no other."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping

from jose import jwt
from jose.exceptions import JOSEError

from ..errors import NotSignedIn

LIFE_S = 15 * 60
MAX_LIFE_S = 3600
LEEWAY_S = 30  # clocks of two machines differ by this much at most
MAX_LENGTH = 4096
ISSUER = "segue"
AUDIENCE = "segue-api"
_ALGORITHM = "HS256"
_HEADER = {"typ": "at+jwt"}
_TEXTS = ("iss", "aud", "sub", "jti")
_MOMENTS = ("iat", "exp")
_THREE_PARTS = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
# What python-jose lets through from a token that nobody in their right mind would make.
_MALFORMED = (JOSEError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class AccessTokens:
    """Makes access tokens, and tells whose a token is.

    python-jose accepts a token without ``exp`` or ``aud``, and parses a header before it checks a
    signature. So the header must be, byte for byte, the one that we write; then the signature is
    checked; then every claim must be there, of the right type.
    """

    def __init__(self, secret: str, *, now: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._now = now
        self._header = self.issue("nobody").partition(".")[0]

    def issue(self, user_id: str) -> str:
        """A token that says "this is ``user_id``" for ``LIFE_S`` seconds."""
        now = int(self._now())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "jti": secrets.token_hex(16),
            "iat": now,
            "exp": now + LIFE_S,
        }
        return str(jwt.encode(claims, self._secret, algorithm=_ALGORITHM, headers=_HEADER))

    def user_id(self, token: str) -> str:
        """Whose token this is.

        Raises
        ------
        NotSignedIn
            If it is anything but an unexpired token that :meth:`issue` made.
        """
        if len(token) > MAX_LENGTH or not _THREE_PARTS.fullmatch(token):
            raise _refusal()
        if token.partition(".")[0] != self._header:
            raise _refusal()
        try:
            claims = jwt.decode(token, self._secret, _ALGORITHM, options=_ONLY_THE_SIGNATURE)
        except _MALFORMED as e:
            raise _refusal() from e
        if not _well_formed(claims) or not self._timely(claims["iat"], claims["exp"]):
            raise _refusal()
        return str(claims["sub"])

    def _timely(self, issued: int, expires: int) -> bool:
        now = self._now()
        return issued - LEEWAY_S <= now < expires + LEEWAY_S and 0 < expires - issued <= MAX_LIFE_S


# The claims are checked below: more strictly than python-jose does, and in one place.
_ONLY_THE_SIGNATURE = {
    f"verify_{claim}": False for claim in ("aud", "iat", "exp", "nbf", "iss", "sub", "jti")
}


def _well_formed(claims: Mapping[str, object]) -> bool:
    return (
        claims.keys() == {*_TEXTS, *_MOMENTS}
        and all(type(claims[name]) is str and claims[name] for name in _TEXTS)
        and all(type(claims[name]) is int for name in _MOMENTS)
        and (claims["iss"], claims["aud"]) == (ISSUER, AUDIENCE)
    )


def _refusal() -> NotSignedIn:
    return NotSignedIn("You are not signed in.", hint="Sign in and try again.")
