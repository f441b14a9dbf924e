"""An OpenID Connect provider process: ``python -m tests.oidc.provider PORT``.

Protocol, keys and consent page come from oidc-provider-mock. This module adds PKCE as in RFC 7636
and scripted faults: changed or wrongly signed ID tokens, and scripted answers, set with ``PUT
/script``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import time
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock
import werkzeug.serving
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import User

USERS = {
    "ada": {"email": "Ada@example.org", "email_verified": True},
    "bea": {"email": "bea@example.org", "email_verified": True},
    "ben": {"email": "ben@example.org", "email_verified": False},
    "cleo": {"email": "cleo@example.org"},
    "dora": {},
}
ANOTHER_KEY = RSAKey.generate_key(2048)

script: dict[str, object] = {}
seen: dict[str, dict[str, str]] = {}
challenges: dict[str, str] = {}


def provider() -> flask.Flask:
    """The provider with its scriptable faults."""
    users = [User(sub=sub, claims=claims) for sub, claims in USERS.items()]
    app = oidc_provider_mock.app(require_nonce=True, user_claims=users)
    app.before_request(something_else)
    app.before_request(check_verifier)
    app.after_request(keep_challenge)
    app.after_request(cheat)

    @app.put("/script")
    def take_script() -> str:
        script.clear()
        script.update(flask.request.json)
        return ""

    @app.get("/seen")
    def tell_seen() -> flask.Response:
        return flask.jsonify(seen)

    return app


def something_else() -> flask.Response | None:
    """The script's answer for an address, in place of the protocol's."""
    answer = script.get("answers", {}).get(flask.request.path)
    return None if answer is None else flask.Response(answer["text"], answer["status"])


def keep_challenge(response: flask.Response) -> flask.Response:
    if flask.request.path == "/oauth2/authorize":
        seen["authorize"] = flask.request.args.to_dict()
        query = parse_qs(urlsplit(response.headers.get("Location", "")).query)
        if "code" in query and flask.request.args.get("code_challenge_method") == "S256":
            challenges[query["code"][0]] = flask.request.args["code_challenge"]
    return response


def check_verifier() -> tuple[flask.Response, int] | None:
    """Check the verifier of a code that has a challenge (RFC 7636, 4.6)."""
    if flask.request.path != "/oauth2/token":
        return None
    form = seen["token"] = flask.request.form.to_dict()
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if challenges.get(form.get("code", "")) in (None, _plain(digest)):
        return None
    return flask.jsonify(error="invalid_grant"), 400


def cheat(response: flask.Response) -> flask.Response:
    """Change and sign the ID token as scripted."""
    if (
        flask.request.path != "/oauth2/token"
        or response.status_code != 200
        or "claims" not in script
    ):
        return response
    answer = response.get_json()
    head, body, _ = answer.pop("id_token").split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims |= script["claims"]
    claims |= {name: int(time.time()) + by for name, by in script.get("times", {}).items()}
    claims = {name: value for name, value in claims.items() if value is not None}
    signed = script.get("signed", "own key")
    if signed != "no id token":
        answer["id_token"] = _signed(header, claims, signed)
    response.set_data(json.dumps(answer))
    return response


def _signed(header: dict[str, str], claims: dict[str, object], how: str) -> str:
    own = RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
    if how == "unsigned":
        parts = ({**header, "alg": "none"}, claims)
        return ".".join(_plain(json.dumps(part).encode()) for part in parts) + "."
    if how == "by the public key":
        parts = ({**header, "alg": "HS256"}, claims)
        signed = ".".join(_plain(json.dumps(part).encode()) for part in parts)
        mac = hmac.digest(own.as_pem(private=False), signed.encode(), "sha256")
        return f"{signed}.{_plain(mac)}"
    return jwt.encode(header, claims, ANOTHER_KEY if how == "another key" else own)


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


if __name__ == "__main__":
    werkzeug.serving.run_simple("127.0.0.1", int(sys.argv[1]), provider(), threaded=True)
