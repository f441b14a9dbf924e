"""Thirty forged tokens are rejected with 401 over HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = {"alg": "HS256", "typ": "at+jwt"}


def now() -> int:
    """Forge tokens at the moment of the test, since some of them expire."""
    return int(time.time())


def _part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(header: object, claims: object, secret: str) -> str:
    text = f"{_part(header)}.{_part(claims)}"
    return f"{text}.{_part(hmac.digest(secret.encode(), text.encode(), hashlib.sha256))}"


class Forger:
    """Knows the secret, so it can sign tokens with invalid claims."""

    def __init__(self, secret: str, user_id: str, sign_in_id: str, genuine: str) -> None:
        self.secret, self.user_id, self.sign_in_id = secret, user_id, sign_in_id
        self.genuine = genuine

    def claims(self, **changes: object) -> dict[str, object]:
        now = int(time.time())
        claims = {
            "iss": "segue",
            "aud": "segue-api",
            "sub": self.user_id,
            "sid": self.sign_in_id,
            "jti": "0" * 32,
            "iat": now,
            "exp": now + 600,
        }
        return {k: v for k, v in {**claims, **changes}.items() if v is not None}

    def token(self, **changes: object) -> str:
        return _signed(HEADER, self.claims(**changes), self.secret)

    def under(self, header: object, secret: str | None = None) -> str:
        return _signed(header, self.claims(), self.secret if secret is None else secret)

    def unsigned(self, header: object) -> str:
        return f"{_part(header)}.{_part(self.claims())}."


NESTED = b'{"alg":"HS256","typ":"at+jwt","x":' + b"[" * 1400 + b"]" * 1400 + b"}"
FORGERIES: dict[str, Callable[[Forger], str]] = {
    "no algorithm": lambda f: f.unsigned({"alg": "none", "typ": "at+jwt"}),
    "no algorithm, shouted": lambda f: f.unsigned({"alg": "NONE", "typ": "at+jwt"}),
    "no signature": lambda f: f.unsigned(HEADER),
    "signature of another token": lambda f: (
        f"{f.genuine.rpartition('.')[0]}.{f.token().rpartition('.')[2]}"
    ),
    "other claims under a genuine signature": lambda f: ".".join(
        [f.genuine.split(".")[0], _part(f.claims(sub="other")), f.genuine.split(".")[2]]
    ),
    "another secret": lambda f: f.under(HEADER, "guess"),
    "an empty secret": lambda f: f.under(HEADER, ""),
    "another algorithm": lambda f: f.under({"alg": "HS512", "typ": "at+jwt"}),
    "an asymmetric algorithm": lambda f: f.under({"alg": "RS256", "typ": "at+jwt"}),
    "another type": lambda f: f.under({"alg": "HS256", "typ": "JWT"}),
    "no type": lambda f: f.under({"alg": "HS256"}),
    "a key of its own": lambda f: f.under({**HEADER, "jwk": {"kty": "oct", "k": "AAAA"}}),
    "a critical extension": lambda f: f.under({**HEADER, "crit": ["b64"], "b64": False}),
    "a header that nests": lambda f: f"{_part(NESTED)}.{_part(f.claims())}.AAAA",
    "a header that is no object": lambda f: f.under([1, 2]),
    "claims that are no object": lambda f: _signed(HEADER, ["sub", f.user_id], f.secret),
    "claims that are no JSON": lambda f: _signed(HEADER, b"\xff\xfe", f.secret),
    "no exp": lambda f: f.token(exp=None),
    "no iat": lambda f: f.token(iat=None),
    "no iss": lambda f: f.token(iss=None),
    "no aud": lambda f: f.token(aud=None),
    "no sub": lambda f: f.token(sub=None),
    "no jti": lambda f: f.token(jti=None),
    "another issuer": lambda f: f.token(iss="evil"),
    "another audience": lambda f: f.token(aud="other-api"),
    "a list of audiences": lambda f: f.token(aud=["segue-api"]),
    "exp as text": lambda f: f.token(exp=str(now() + 600)),
    "exp as a fraction": lambda f: f.token(exp=now() + 600.5),
    "exp as truth": lambda f: f.token(exp=True),
    "exp beyond all time": lambda f: f.token(exp=10**30),
    "expired": lambda f: f.token(iat=now() - 900, exp=now() - 31),
    "from the future": lambda f: f.token(iat=now() + 300),
    "a life of a day": lambda f: f.token(exp=now() + 86_400),
    "ended before it began": lambda f: f.token(iat=now() + 10, exp=now() + 5),
    "sub as a number": lambda f: f.token(sub=7),
    "an empty sub": lambda f: f.token(sub=""),
    "no sid": lambda f: f.token(sid=None),
    "an empty sid": lambda f: f.token(sid=""),
    "a sign-in that never was": lambda f: f.token(sid="f" * 32),
    "a stranger's sub": lambda f: f.token(sub="f" * 32),
    "claims of ours and more": lambda f: f.token(admin=True),
    "too long": lambda f: f.token(jti="0" * 5000),
    "two parts": lambda f: f.genuine.rpartition(".")[0],
    "four parts": lambda f: f"{f.genuine}.AAAA",
    "padding": lambda f: f"{f.genuine}==",
    "no token": lambda f: "",
    "a refresh token": lambda f: "A" * 43,
}


@pytest.fixture
def forger(alice, client, settings) -> Forger:
    secret = Path(settings.storage_root, "secrets", "jwt_secret").read_text()
    user_id = alice.get("/auth/me").json()["id"]
    (session,) = alice.get("/auth/sessions").json()["sessions"]
    return Forger(secret, user_id, session["id"], alice.tokens["access_token"])


def test_at_least_thirty_forgeries_are_tried():
    assert len(FORGERIES) >= 30


def test_forging_code_can_make_a_valid_token(forger, client):
    answer = client.get("/auth/me", headers={"Authorization": f"Bearer {forger.token()}"})
    # the unchanged token is valid, so each forgery fails only for its fault
    assert answer.status_code == 200


def test_every_forgery_is_rejected_with_and_without_a_body(forger, client):
    answers = {}
    for name, forge in FORGERIES.items():
        headers = {"Authorization": f"Bearer {forge(forger)}"}
        answers[name] = (
            client.get("/auth/me", headers=headers),
            client.post("/uploads/tracks", headers=headers, files=[("files", ("a", b"a"))]),
        )
    wrong = {n: [a.status_code for a in both] for n, both in answers.items()}
    assert {name: codes for name, codes in wrong.items() if codes != [401, 401]} == {}
    codes = {a.json()["error"]["code"] for both in answers.values() for a in both}
    assert codes == {"not_signed_in"}


@pytest.mark.parametrize("authorization", ["", "Basic YTpi", "Bearer", "bearer ", "Token x"])
def test_other_authentication_schemes_are_rejected(client, authorization):
    answer = client.get("/auth/me", headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
