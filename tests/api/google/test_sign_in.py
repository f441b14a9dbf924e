"""Sign-in with Google over HTTP at a local provider."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from backend.app.accounts import attempts, google_client
from backend.app.main import create_app
from tests.api.conftest import PASSWORD
from tests.api.google.browser import Browser, query_of
from tests.api.wire import served
from tests.oidc.running import CLIENT_ID

CALLBACK = "http://localhost:8000/auth/google/callback"
ADA = "ada@example.org"


def code_of(answer) -> str:
    return answer.json()["error"]["code"]


def test_google_callback_signs_in(visitor):
    answer = visitor.exchange(visitor.code_as("ada"))
    assert answer.headers["cache-control"] == "no-store"
    me = visitor.me(answer)
    assert (me["email"], me["is_admin"]) == (ADA, True)  # the first account becomes the admin


def test_google_session_persists_and_ends_like_any_other(visitor):
    tokens = visitor.exchange(visitor.code_as("ada")).json()
    code = {"code": tokens["session_code"]}
    assert visitor.http.post("/auth/session", json=code).status_code == 204
    assert visitor.http.post("/auth/refresh").status_code == 200
    ended = {"refresh_token": tokens["refresh_token"]}
    assert visitor.http.post("/auth/logout", json=ended).status_code == 204
    assert visitor.http.post("/auth/refresh", json=ended).status_code == 401
    assert visitor.http.post("/auth/refresh").status_code == 401


def test_google_account_opens_the_same_account_each_time(visitor, provider):
    first = visitor.me(visitor.exchange(visitor.code_as("ada")))
    # an account is recognised by its number, not by its address
    provider.cheat(claims={"email": "ada@elsewhere.example"})
    assert visitor.me(visitor.exchange(visitor.code_as("ada"))) == first


def test_both_spellings_of_the_issuer_are_one(visitor, provider, monkeypatch):
    monkeypatch.setitem(google_client.ISSUER_ALIASES, provider.issuer, "accounts.example")
    first = visitor.me(visitor.exchange(visitor.code_as("ada")))
    provider.cheat(claims={"iss": "accounts.example"})
    assert visitor.me(visitor.exchange(visitor.code_as("ada"))) == first
    provider.cheat(claims={"iss": "accounts.elsewhere.example"})
    assert visitor.return_as("ada") == {"google_error": "oauth_refused"}


def test_two_google_accounts_are_two_users_without_admin_rights(visitor):
    visitor.exchange(visitor.code_as("ada"))
    bea = visitor.me(visitor.exchange(visitor.code_as("bea")))
    assert (bea["email"], bea["is_admin"]) == ("bea@example.org", False)


def test_request_to_google_has_challenge_state_and_nonce(visitor, provider):
    address = visitor.begin()
    asked = query_of(address)
    assert address.startswith(f"{provider.issuer}/oauth2/authorize?")
    assert asked["client_id"] == CLIENT_ID
    assert asked["scope"] == "openid email"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked["state"]), len(asked["nonce"])) >= 20
    visitor.come_back(visitor.consent(address))
    sent = provider.seen()["token"]
    assert sent["redirect_uri"] == asked["redirect_uri"] == CALLBACK
    assert len(sent["code_verifier"]) >= 43  # RFC 7636, 4.1


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Server"])
def test_headers_cannot_change_the_callback_address(visitor, name):
    for value in ("127.0.0.1:9", "evil.example", "host=evil.example"):
        answer = visitor.http.get("/auth/google/login", headers={name: value})
        if answer.status_code == 302:
            assert query_of(answer.headers["location"])["redirect_uri"] == CALLBACK
        else:
            assert (name, answer.status_code) == ("Host", 400)


def test_callback_address_is_configurable(settings):
    address = "https://mix.example/google/back"
    moved = settings.model_copy(update={"google_oauth_redirect_uri": address})
    with served(create_app(moved)) as port, Browser(port) as visitor:
        assert query_of(visitor.begin())["redirect_uri"] == address


def test_sign_in_cookies_are_http_only(visitor):
    begun = visitor.http.get("/auth/google/login")
    callback = visitor.consent(begun.headers["location"]).removeprefix("http://localhost:8000")
    back = visitor.http.get(callback)
    for answer, name, path in ((begun, "segue_oauth", "/"), (back, "segue_google", "/")):
        cookies = answer.headers.get_list("set-cookie")
        cookie = next(one.lower() for one in cookies if one.startswith(f"{name}="))
        for words in ("httponly", "samesite=lax", f"path={path}", "max-age=600"):
            assert words in cookie
        assert "secure" not in cookie  # without TLS, since this API uses plain HTTP


def test_cookies_are_secure_behind_https(settings):
    app = create_app(settings.model_copy(update={"api_base": "https://mix.example"}))
    with TestClient(app, base_url="https://mix.example", follow_redirects=False) as client:
        begun = client.get("/auth/google/login")
        address = begun.headers["location"]
        assert query_of(address)["redirect_uri"] == "https://mix.example/auth/google/callback"
        assert "secure" in begun.headers["set-cookie"]
        back = client.get(Browser.consent(address).removeprefix("https://mix.example"))
        given = [c for c in back.headers.get_list("set-cookie") if c.startswith("segue_google=")]
        assert "Secure" in given[0]


def test_sign_in_works_behind_a_proxy_with_a_path_prefix(settings):
    app = create_app(settings.model_copy(update={"api_base": "https://mix.example/api"}))

    async def proxy(scope, receive, send):
        path = scope.get("path", "").removeprefix("/api")
        await app({**scope, "path": path} if path else scope, receive, send)

    with TestClient(proxy, base_url="https://mix.example", follow_redirects=False) as client:
        address = client.get("/api/auth/google/login").headers["location"]
        back = client.get(Browser.consent(address).removeprefix("https://mix.example"))
        told = query_of(back.headers["location"])
        assert set(told) == {"google"}
        assert client.post("/api/auth/exchange", json={"code": told["google"]}).status_code == 200


class TestTheCode:
    def test_code_works_once(self, visitor):
        code = visitor.code_as("ada")
        assert visitor.exchange(code).status_code == 200
        again = visitor.exchange(code)
        assert (again.status_code, code_of(again)) == (400, "oauth_refused")

    def test_code_fails_in_another_browser_and_afterwards(self, new_browser):
        mine, theirs, bare = new_browser(), new_browser(), new_browser()
        theirs.code_as("bea")
        for thief in (theirs, bare):
            code = mine.code_as("ada")
            assert code_of(thief.exchange(code)) == "oauth_refused"
            assert code_of(mine.exchange(code)) == "oauth_refused"

    @pytest.mark.parametrize(("after_s", "status"), [(59, 200), (61, 400)])
    def test_code_expires_after_a_minute(self, visitor, later, after_s, status):
        code = visitor.code_as("ada")
        later(after_s)
        assert visitor.exchange(code).status_code == status

    @pytest.mark.parametrize("made_up", ["", "x", "ü" * 40, "0" * 256])
    def test_invented_code_is_rejected(self, visitor, made_up):
        visitor.code_as("ada")
        assert code_of(visitor.exchange(made_up)) == "oauth_refused"

    @pytest.mark.parametrize("path", ["/auth/exchange", "/auth/google/join"])
    def test_code_from_another_sites_page_is_rejected(self, visitor, path):
        body = {"code": visitor.code_as("ada")}
        if path.endswith("join"):
            body["password"] = PASSWORD
        answer = visitor.http.post(path, json=body, headers={"Origin": "https://evil.example"})
        assert (answer.status_code, code_of(answer)) == (403, "cross_site")

    def test_expired_code_is_deleted(self, visitor, app, later):
        visitor.code_as("ada")
        later(61)
        for chore in app.state.services.executor.chores:
            chore.run()
        assert _rows(app, "exchange_codes") == []


def _rows(app, table: str) -> list[object]:
    with app.state.services.stores.database.read() as session:
        return session.connection().exec_driver_sql(f"select * from {table}").all()


@pytest.mark.parametrize("password", ["", " ", PASSWORD, "None", "\x00"])
def test_google_account_has_no_working_password(visitor, password):
    visitor.exchange(visitor.code_as("ada"))
    assert visitor.password(ADA, password) in (401, 422)  # an empty password is no password at all
    form = {"email": ADA, "password": PASSWORD}
    assert visitor.http.post("/auth/register", json=form).status_code == 409
    assert visitor.password(ADA, PASSWORD) == 401


def test_google_accounts_count_towards_the_address_limit(visitor, monkeypatch):
    monkeypatch.setattr(attempts, "REGISTRATIONS_PER_ADDRESS", 1)
    assert visitor.exchange(visitor.code_as("ada")).status_code == 200
    answer = visitor.exchange(visitor.code_as("bea"))
    assert (answer.status_code, code_of(answer)) == (429, "too_many_attempts")
    assert visitor.exchange(visitor.code_as("ada")).status_code == 200  # no new account


class TestWithoutClientSecrets:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(
            update={"google_client_secrets": settings.storage_root / "none.json"}
        )

    def test_missing_setting_is_named(self, visitor):
        told = visitor.http.get("/auth/providers").json()
        assert (told["google"], told["missing_setting"]) == (False, "GOOGLE_CLIENT_SECRETS")
        assert "GOOGLE_CLIENT_SECRETS" in told["missing_reason"]
        answer = visitor.http.get("/auth/google/login")
        assert (answer.status_code, code_of(answer)) == (503, "not_configured")
        assert "GOOGLE_CLIENT_SECRETS" in answer.json()["error"]["message"]

    def test_callback_without_client_secrets_is_reported(self, visitor):
        assert visitor.come_back(f"{CALLBACK}?code=a&state=b") == {"google_error": "not_configured"}


def test_client_secrets_enable_google_sign_in(visitor):
    nothing = {"missing_setting": None, "missing_reason": None}
    found = visitor.http.get("/auth/providers").json()
    assert found == {"google": True, "has_accounts": False, **nothing}


def test_first_account_is_known_to_the_sign_in_page(visitor):
    account = {"email": "first@example.org", "password": "correct horse battery"}
    assert visitor.http.get("/auth/providers").json()["has_accounts"] is False
    visitor.http.post("/auth/register", json=account).raise_for_status()
    assert visitor.http.get("/auth/providers").json()["has_accounts"] is True
