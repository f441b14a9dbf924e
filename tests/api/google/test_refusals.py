"""Invalid callbacks from Google: each is rejected with a message, without sign-in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI

from backend.app.api.google_provider import GoogleProvider
from backend.app.main import create_app
from backend.app.settings import Settings
from backend.app.wiring.google import google_client_reader
from tests.api.google.browser import Browser, query_of
from tests.api.google.conftest import settings_for
from tests.api.wire import served
from tests.oidc.running import CLIENT_ID, Provider
from tests.patience import PATIENCE_S
from tests.ports import free_port

REFUSED = {"google_error": "oauth_refused"}
CALLBACK = "http://localhost:8000/auth/google/callback"
HTML = {"status": 200, "text": "<html>Sorry, we are down for lunch.</html>"}


@pytest.fixture(scope="module")
def app(one_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One API for all tests: a rejection leaves no rows, which each test checks."""
    folder = tmp_path_factory.mktemp("refusals")
    return create_app(settings_for(one_provider, folder))


@pytest.fixture(scope="module")
def port(app: FastAPI) -> Iterator[int]:
    with served(app) as port:
        yield port


@pytest.fixture(autouse=True)
def nothing_signed_in(app: FastAPI, port: int, provider: Provider) -> Iterator[None]:
    """Check after each test that no account, identity or code exists."""
    app.state.google_provider = GoogleProvider(
        google_client_reader(app.state.settings), app.state.settings.google_callback
    )
    yield
    with app.state.services.stores.database.read() as session:
        for table in ("users", "google_identities", "exchange_codes"):
            found = session.connection().exec_driver_sql(f"select count(*) from {table}").scalar()
            assert (table, found) == (table, 0)


def _refused(visitor: Browser, told: dict[str, str], code: str = "oauth_refused") -> None:
    assert told == {"google_error": code}
    assert "segue_google" not in visitor.http.cookies


class TestTheWayBack:
    def test_wrong_state_is_rejected(self, visitor):
        callback = visitor.consent(visitor.begin())
        other = re.sub(r"state=[^&]+", "state=" + "x" * 30, callback)
        _refused(visitor, visitor.come_back(other))

    @pytest.mark.parametrize("state", ["", "&state="])
    def test_missing_state_is_rejected(self, visitor, state):
        callback = visitor.consent(visitor.begin())
        _refused(visitor, visitor.come_back(re.sub(r"&state=[^&]+", state, callback)))

    @pytest.mark.parametrize("query", ["", "?code=x", "?code=&state=", "?state=%00&code=%ff"])
    def test_callback_without_a_start_is_rejected(self, visitor, query):
        _refused(visitor, visitor.come_back(CALLBACK + query))

    def test_another_browser_is_rejected(self, new_browser):
        mine, theirs = new_browser(), new_browser()
        callback = mine.consent(mine.begin())
        theirs.begin()
        _refused(theirs, theirs.come_back(callback))

    def test_missing_code_is_rejected(self, visitor):
        state = query_of(visitor.begin())["state"]
        _refused(visitor, visitor.come_back(f"{CALLBACK}?state={state}"))

    @pytest.mark.parametrize("cookie", ["", "x", "bnVsbA==.x.y", "ü", "a.b.c" * 900])
    def test_foreign_cookie_is_rejected(self, visitor, cookie):
        callback = visitor.consent(visitor.begin()).removeprefix("http://localhost:8000")
        visitor.http.cookies.clear()
        answer = visitor.http.get(
            callback, headers=[(b"cookie", b"segue_oauth=" + cookie.encode())]
        )
        assert answer.status_code == 302
        _refused(visitor, query_of(answer.headers["location"]))

    def test_denied_consent_is_reported(self, visitor):
        _refused(visitor, visitor.come_back(visitor.deny(visitor.begin())), "oauth_denied")

    def test_other_provider_errors_are_rejected(self, visitor):
        state = query_of(visitor.begin())["state"]
        back = f"{CALLBACK}?error=%0Aserver_error&error_description=<script>&state={state}"
        _refused(visitor, visitor.come_back(back))


def _signs_in_once(visitor: Browser, callback: str, app) -> None:
    assert set(visitor.come_back(callback)) == {"google"}
    with app.state.services.stores.database.write() as session:
        session.connection().exec_driver_sql("delete from exchange_codes")
    visitor.http.cookies.delete("segue_google")


def test_callbacks_do_not_refetch_provider_metadata(new_browser, provider):
    begun = new_browser()
    begun.begin()
    provider.cheat(answers={"/.well-known/openid-configuration": {"text": "", "status": 500}})
    for browser in (new_browser(), begun):
        for query in ("?code=x&state=y", "?error=server_error", ""):
            _refused(browser, browser.come_back(CALLBACK + query))
    assert "/oauth2/authorize" in new_browser().begin()


def test_callback_works_once(visitor, app):
    callback = visitor.consent(visitor.begin())
    _signs_in_once(visitor, callback, app)
    _refused(visitor, visitor.come_back(callback))


def test_callback_works_once_even_with_the_old_cookie(visitor, app):
    callback = visitor.consent(visitor.begin())
    kept = dict(visitor.http.cookies)
    _signs_in_once(visitor, callback, app)
    visitor.http.cookies.update(kept)
    _refused(visitor, visitor.come_back(callback))


def test_code_of_another_session_fails_its_challenge(new_browser, provider):
    victim, attacker = new_browser(), new_browser()
    stolen = query_of(victim.consent(victim.begin()))["code"]
    begun = query_of(attacker.begin())
    # With this nonce, only PKCE prevents the attack.
    provider.cheat(claims={"nonce": begun["nonce"]})
    told = attacker.come_back(f"{CALLBACK}?code={stolen}&state={begun['state']}")
    assert provider.seen()["token"]["code"] == stolen
    _refused(attacker, told)


@pytest.mark.parametrize(
    "cheat",
    [
        {"claims": {"nonce": "another nonce"}},
        {"claims": {"nonce": None}},
        {"claims": {}, "times": {"exp": -600}},
        {"claims": {"exp": None}},
        {"claims": {"exp": "tomorrow"}},
        {"claims": {}, "times": {"iat": 600}},
        {"claims": {"iss": "https://accounts.evil.example"}},
        {"claims": {"iss": "accounts.google.com"}},  # the issuer of Google, not of this provider
        {"claims": {"iss": None}},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": ["another client", "a third"]}},
        {"claims": {"aud": None}},
        {"claims": {"aud": "another client", "azp": CLIENT_ID}},
        {"claims": {"azp": "another client"}},
        {"claims": {"at_hash": "x" * 22}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": ["ada"]}},
        {"claims": {"email": "no address"}},
        {"claims": {"email": ["ada@example.org"]}},
        {"claims": {}, "signed": "unsigned"},
        {"claims": {}, "signed": "another key"},
        {"claims": {}, "signed": "by the public key"},
        {"claims": {}, "signed": "no id token"},
    ],
    ids=str,
)
def test_id_token_of_another_sign_in_is_rejected(visitor, provider, cheat):
    provider.cheat(**cheat)
    _refused(visitor, visitor.return_as("ada"))


@pytest.mark.parametrize("verified", [False, None, "true", 1, [True]])
def test_unverified_address_is_rejected(visitor, provider, verified):
    provider.cheat(claims={"email_verified": verified})
    _refused(visitor, visitor.return_as("ada"), "oauth_unverified")


@pytest.mark.parametrize("sub", ["ben", "cleo"])
def test_account_without_verified_address_is_rejected(visitor, sub):
    _refused(visitor, visitor.return_as(sub), "oauth_unverified")


def test_missing_address_is_rejected(visitor):
    _refused(visitor, visitor.return_as("dora"))


class TestAProviderInTrouble:
    @pytest.mark.parametrize("answer", [HTML, {"status": 503, "text": "{}"}])
    def test_failure_at_the_start_is_reported_and_retried(self, visitor, provider, answer):
        provider.cheat(answers={"/.well-known/openid-configuration": answer})
        begun = visitor.http.get("/auth/google/login")
        assert query_of(begun.headers["location"]) == {"google_error": "oauth_unreachable"}
        provider.cheat()
        assert visitor.begin().startswith(provider.issuer)

    @pytest.mark.parametrize("path", ["/oauth2/token", "/jwks"])
    def test_failure_in_the_callback_is_reported(self, visitor, provider, path):
        provider.cheat(answers={path: {"status": 502, "text": HTML["text"]}})
        _refused(visitor, visitor.return_as("ada"), "oauth_unreachable")

    @pytest.mark.parametrize("path", ["/oauth2/token", "/jwks"])
    @pytest.mark.parametrize("text", ["[]", "null", '"x"', "{}", '{"keys": [{"kty": "RSA"}]}'])
    def test_nonsense_answer_is_rejected(self, visitor, provider, path, text):
        provider.cheat(answers={path: {"status": 200, "text": text}})
        _refused(visitor, visitor.return_as("ada"))

    @pytest.mark.parametrize("text", ["[]", "null", "{}"])
    def test_nonsense_metadata_is_rejected(self, visitor, provider, text):
        nonsense = {"status": 200, "text": text}
        provider.cheat(answers={"/.well-known/openid-configuration": nonsense})
        begun = visitor.http.get("/auth/google/login")
        assert query_of(begun.headers["location"]) == REFUSED

    def test_metadata_of_another_issuer_is_rejected(self, visitor, provider):
        path = "/.well-known/openid-configuration"
        metadata = httpx2.get(provider.issuer + path, timeout=PATIENCE_S).json()
        lie = json.dumps({**metadata, "issuer": "https://accounts.evil.example"})
        provider.cheat(answers={path: {"status": 200, "text": lie}})
        begun = visitor.http.get("/auth/google/login")
        assert query_of(begun.headers["location"]) == REFUSED

    def test_metadata_without_endpoints_is_rejected(self, visitor, provider):
        bare = {"status": 200, "text": f'{{"issuer": "{provider.issuer}"}}'}
        provider.cheat(answers={"/.well-known/openid-configuration": bare})
        begun = visitor.http.get("/auth/google/login")
        assert query_of(begun.headers["location"]) == REFUSED
        provider.cheat()
        assert visitor.begin().startswith(provider.issuer)

    def test_unreachable_provider_is_reported(self, settings: Settings, provider: Provider):
        gone = settings.model_copy(update={"google_issuer": f"http://localhost:{free_port()}"})
        with served(create_app(gone)) as port, Browser(port) as visitor:
            begun = visitor.http.get("/auth/google/login")
            assert query_of(begun.headers["location"]) == {"google_error": "oauth_unreachable"}
