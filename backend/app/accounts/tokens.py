"""Issue and verify access tokens: short-lived JWTs of exactly one form."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jose import jwt
from jose.exceptions import JOSEError

from ..errors import NotSignedIn
from ..store.accounts.sign_ins import Holder

LIFE_S = 15 * 60
MAX_LIFE_S = 3600
LEEWAY_S = 30  # allowed difference between two machines' clocks
MAX_LENGTH = 4096
ISSUER = "segue"
AUDIENCE = "segue-api"
_ALGORITHM = "HS256"
_HEADER = {"typ": "at+jwt"}
_TEXTS = ("iss", "aud", "sub", "sid", "jti")
_MOMENTS = ("iat", "exp")
_THREE_PARTS = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
# Exceptions that python-jose raises for malformed tokens.
_MALFORMED = (JOSEError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """The holder of a valid access token, and the Unix time at which the token expires."""

    holder: Holder
    refused_from_s: float


class AccessTokens:
    """Issues access tokens and verifies them.

    python-jose accepts tokens without ``exp`` or ``aud``, and parses the header before checking the
    signature. So the header is first compared byte for byte, then the signature is checked, and
    then every claim is required with the right type.
    """

    def __init__(self, secret: str, *, now: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._now = now
        self._header = self.issue(Holder("-", "-")).partition(".")[0]

    def issue(self, holder: Holder) -> str:
        """Issue a token that is valid for ``LIFE_S`` seconds."""
        now = int(self._now())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": holder.user_id,
            "sid": holder.sign_in_id,
            "jti": secrets.token_hex(16),
            "iat": now,
            "exp": now + LIFE_S,
        }
        return str(jwt.encode(claims, self._secret, algorithm=_ALGORITHM, headers=_HEADER))

    def holder(self, token: str) -> Holder:
        """Return the user and the session of a token; raises like :meth:`verified`."""
        return self.verified(token).holder

    def verified(self, token: str) -> VerifiedToken:
        """Check an access token.

        Raise :class:`NotSignedIn` unless :meth:`issue` made it and it has not expired.
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
        return VerifiedToken(Holder(claims["sub"], claims["sid"]), claims["exp"] + LEEWAY_S)

    def _timely(self, issued: int, expires: int) -> bool:
        now = self._now()
        return issued - LEEWAY_S <= now < expires + LEEWAY_S and 0 < expires - issued <= MAX_LIFE_S


# The claims are checked in _well_formed, more strictly than python-jose does.
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
