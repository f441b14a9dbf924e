"""Registering, signing in and out over HTTP, and the session cookie."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from backend.app.main import create_app

from ..conftest import PASSWORD

COOKIE = "segue_session"
EMAIL = "alice@example.org"


def _sign_in(client, password=PASSWORD, email=EMAIL, **headers):
    form = {"username": email, "password": password}
    return client.post("/auth/token", data=form, headers=headers)


def test_registering_signs_in(client, alice):
    me = alice.get("/auth/me").json()
    assert (me["email"], me["is_admin"]) == (EMAIL, True)
    assert alice.tokens["token_type"] == "bearer"
    assert alice.tokens["expires_in"] <= 3600


def test_email_case_and_spaces_do_not_matter(client, alice):
    answer = _sign_in(client, email="  Alice@Example.ORG ")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_an_email_registers_once(client, alice):
    again = {"email": "ALICE@example.org", "password": "another one"}
    assert client.post("/auth/register", json=again).status_code == 409


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("Password1", "This is one of the most common passwords."),
        ("X@example.org", "The password is your email address, or a part of it."),
    ],
)
def test_guessable_password_is_refused_plainly(client, password, message):
    answer = client.post("/auth/register", json={"email": "x@example.org", "password": password})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "weak_password"
    assert answer.json()["error"]["message"] == message


def test_address_with_an_invisible_character_is_refused_plainly(client):
    account = {"email": "ali\u200bce@example.org", "password": PASSWORD}
    answer = client.post("/auth/register", json=account)
    assert answer.status_code == 422
    assert answer.json()["error"] == {
        "code": "invalid_request",
        "message": "This is not a valid email address.",
        "hint": "It has an invisible character; type it again by hand.",
        "retryable": False,
    }


def test_unknown_account_and_wrong_password_get_the_same_answer(client, alice):
    wrong, unknown = _sign_in(client, "wrong"), _sign_in(client, email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_sixth_wrong_password_gets_a_retry_time(client, alice):
    assert [_sign_in(client, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    answer = _sign_in(client)
    assert answer.status_code == 429
    assert 14 * 60 <= int(answer.headers["retry-after"]) <= 15 * 60
    assert answer.json()["error"]["retryable"]


@pytest.mark.parametrize(
    "body",
    [
        {"email": "x@example.org", "password": "MyReal1"},  # too short
        {"email": "no-email", "password": "MyRealPassword1"},
        {"email": "x@example.org", "password": "MyRealPassword1" * 100},  # too long
        {"email": "x@example.org", "password": ["MyRealPassword1"]},
        {"email": "x@example.org", "passwort": "MyRealPassword1"},
        {"email": "x@example.org", "password": "MyRealPassword1", "role": "MyRealAdmin"},
        "MyRealPassword1",
    ],
)
def test_rejected_registration_does_not_echo_the_password(client, body):
    answer = client.post("/auth/register", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_request"
    assert "MyReal" not in answer.text


@pytest.mark.parametrize(
    "raw", [b'{"email": "x@example.org", "password": "MyReal', b"\xff\xfeMyReal", b'{"a": ' * 5000]
)
def test_invalid_json_is_rejected_and_not_echoed(client, raw):
    answer = client.post(
        "/auth/register", content=raw, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert "MyReal" not in answer.text


def test_half_surrogate_pair_in_a_password_is_rejected(client):
    raw = b'{"email": "x@example.org", "password": "\\ud800\\ud800\\ud800\\ud800\\ud800abc"}'
    answer = client.post(
        "/auth/register", content=raw, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


def test_refresh_token_works_once(client, alice):
    body = {"refresh_token": alice.tokens["refresh_token"]}
    renewed = client.post("/auth/refresh", json=body)
    assert renewed.status_code == 200
    assert client.post("/auth/refresh", json=body).status_code == 401
    stolen = {"refresh_token": renewed.json()["refresh_token"]}
    assert client.post("/auth/refresh", json=stolen).status_code == 401


def _open_session(client, alice, **headers):
    code = {"code": alice.tokens["session_code"]}
    return client.post("/auth/session", json=code, headers=headers)


def test_code_becomes_a_cookie_that_renews_access(client, alice):
    answer = _open_session(client, alice)
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"].lower()
    for word in ("httponly", "samesite=lax", "path=/", f"max-age={30 * 86_400}"):
        assert word in cookie
    assert "secure" not in cookie  # without TLS, since this API uses plain HTTP
    renewed = client.post("/auth/refresh").json()
    assert renewed["refresh_token"] is None
    assert renewed["session_code"] is None
    me = client.get("/auth/me", headers={"Authorization": f"Bearer {renewed['access_token']}"})
    assert me.json()["email"] == EMAIL


def test_cookie_renews_access_repeatedly(client, alice):
    _open_session(client, alice)
    assert [client.post("/auth/refresh").status_code for _ in range(3)] == [200] * 3


def test_code_works_once(client, alice):
    _open_session(client, alice)
    assert _open_session(client, alice).status_code == 401


def test_cookie_alone_opens_no_other_route(client, alice):
    _open_session(client, alice)
    assert client.get("/auth/me").status_code == 401
    assert client.post("/uploads/image", files={"file": ("a", b"a")}).status_code == 401


def test_cookie_is_secure_behind_https(settings):
    app = create_app(settings.model_copy(update={"api_base": "https://mix.example.org"}))
    with TestClient(app, base_url="https://localhost") as client:
        tokens = client.post("/auth/register", json={"email": EMAIL, "password": PASSWORD}).json()
        answer = client.post("/auth/session", json={"code": tokens["session_code"]})
        assert "secure" in answer.headers["set-cookie"].lower()


def test_signing_out_ends_refresh_token_session_and_cookie(client, alice):
    _open_session(client, alice)
    session = client.cookies[COOKIE]
    body = {"refresh_token": alice.tokens["refresh_token"]}
    assert client.post("/auth/logout", json=body).status_code == 204
    assert COOKIE not in client.cookies
    assert client.post("/auth/refresh", json=body).status_code == 401
    old = {"Cookie": f"{COOKIE}={session}"}
    assert client.post("/auth/refresh", headers=old).status_code == 401


def test_signing_out_without_a_session_is_no_error(client):
    assert client.post("/auth/logout").status_code == 204


def test_renewing_without_a_session_is_rejected(client):
    assert client.post("/auth/refresh").status_code == 401
    assert client.post("/auth/refresh", json={"refresh_token": "guess"}).status_code == 401


@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout", "/auth/session"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8501.evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page_cannot_use_the_cookie(client, alice, path, headers):
    _open_session(client, alice)
    body = {"code": "x"} if path == "/auth/session" else {}
    answer = client.post(path, json=body, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "cross_site"
    assert client.post("/auth/refresh").status_code == 200  # still valid


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost:8501", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_own_pages_can_use_the_cookie(client, alice, headers):
    assert _open_session(client, alice, **headers).status_code == 204
    assert client.post("/auth/refresh", headers=headers).status_code == 200
