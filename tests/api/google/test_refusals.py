"""Ways back from Google that nobody may take: each ends in words, with nobody signed in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI

from backend.app import main
from backend.app.api.google_provider import GoogleProvider
from backend.app.main import create_app
from backend.app.settings import Settings
from tests.api.google.browser import Browser, query_of
from tests.api.google.conftest import settings_for
from tests.api.wire import served
from tests.oidc.running import CLIENT_ID, Provider, free_port

REFUSED = {"google_error": "oauth_refused"}
CALLBACK = "http://localhost:8000/auth/google/callback"
HTML = {"status": 200, "text": "<html>Sorry, we are down for lunch.</html>"}


@pytest.fixture(scope="module")
def app(one_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One API for all: what is refused leaves nothing behind, as each test's end asks."""
    folder = tmp_path_factory.mktemp("refusals")
    return create_app(settings_for(one_provider, folder))


@pytest.fixture(scope="module")
def port(app: FastAPI) -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(main, "set_up_logs", lambda: None)  # it would take pytest's handlers away
        with served(app) as port:
            yield port


@pytest.fixture(autouse=True)
def nobody_came_in(app: FastAPI, port: int, provider: Provider) -> Iterator[None]:
    """At the end of each test: no account, no identity, no code; at its start nothing is known."""
    app.state.google_provider = GoogleProvider(app.state.settings)
    yield
    with app.state.services.database.read() as session:
        for table in ("users", "google_identities", "exchange_codes"):
            found = session.connection().exec_driver_sql(f"select count(*) from {table}").scalar()
            assert (table, found) == (table, 0)


def _refused(visitor: Browser, told: dict[str, str], code: str = "oauth_refused") -> None:
    assert told == {"google_error": code}
    assert "segue_google" not in visitor.http.cookies


class TestTheWayBack:
    def test_with_another_state_is_refused(self, visitor):
        callback = visitor.consent(visitor.begin())
        other = re.sub(r"state=[^&]+", "state=" + "x" * 30, callback)
        _refused(visitor, visitor.come_back(other))

    @pytest.mark.parametrize("state", ["", "&state="])
    def test_without_a_state_is_refused(self, visitor, state):
        callback = visitor.consent(visitor.begin())
        _refused(visitor, visitor.come_back(re.sub(r"&state=[^&]+", state, callback)))

    @pytest.mark.parametrize("query", ["", "?code=x", "?code=&state=", "?state=%00&code=%ff"])
    def test_without_a_beginning_is_refused(self, visitor, query):
        _refused(visitor, visitor.come_back(CALLBACK + query))

    def test_in_another_browser_is_refused(self, new_browser):
        mine, theirs = new_browser(), new_browser()
        callback = mine.consent(mine.begin())
        theirs.begin()
        _refused(theirs, theirs.come_back(callback))

    def test_without_a_code_is_refused(self, visitor):
        state = query_of(visitor.begin())["state"]
        _refused(visitor, visitor.come_back(f"{CALLBACK}?state={state}"))

    @pytest.mark.parametrize("cookie", ["", "x", "bnVsbA==.x.y", "ü", "a.b.c" * 900])
    def test_with_a_cookie_that_is_not_ours_is_refused(self, visitor, cookie):
        callback = visitor.consent(visitor.begin()).removeprefix("http://localhost:8000")
        visitor.http.cookies.clear()
        answer = visitor.http.get(
            callback, headers=[(b"cookie", b"segue_oauth=" + cookie.encode())]
        )
        assert answer.status_code == 302
        _refused(visitor, query_of(answer.headers["location"]))

    def test_after_a_consent_that_was_denied_says_so(self, visitor):
        _refused(visitor, visitor.come_back(visitor.deny(visitor.begin())), "oauth_denied")

    def test_with_any_other_error_of_the_provider_is_refused(self, visitor):
        state = query_of(visitor.begin())["state"]
        back = f"{CALLBACK}?error=%0Aserver_error&error_description=<script>&state={state}"
        _refused(visitor, visitor.come_back(back))


def _signs_in_once(visitor: Browser, callback: str, app) -> None:
    assert set(visitor.come_back(callback)) == {"google"}
    with app.state.services.database.write() as session:
        session.connection().exec_driver_sql("delete from exchange_codes")
    visitor.http.cookies.delete("segue_google")


def test_whatever_people_come_back_with_where_google_answers_is_asked_once(new_browser, provider):
    begun = new_browser()
    begun.begin()
    provider.cheat(answers={"/.well-known/openid-configuration": {"text": "", "status": 500}})
    for browser in (new_browser(), begun):
        for query in ("?code=x&state=y", "?error=server_error", ""):
            _refused(browser, browser.come_back(CALLBACK + query))
    assert "/oauth2/authorize" in new_browser().begin()


def test_a_way_back_is_taken_once(visitor, app):
    callback = visitor.consent(visitor.begin())
    _signs_in_once(visitor, callback, app)
    _refused(visitor, visitor.come_back(callback))


def test_a_way_back_is_taken_once_even_by_who_kept_the_cookie(visitor, app):
    callback = visitor.consent(visitor.begin())
    kept = dict(visitor.http.cookies)
    _signs_in_once(visitor, callback, app)
    visitor.http.cookies.update(kept)
    _refused(visitor, visitor.come_back(callback))


def test_a_code_from_another_session_is_refused_by_its_challenge(new_browser, provider):
    victim, attacker = new_browser(), new_browser()
    stolen = query_of(victim.consent(victim.begin()))["code"]
    begun = query_of(attacker.begin())
    # with this even the nonce would fit: nothing but PKCE stands in the way
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
        {"claims": {"iss": "accounts.google.com"}},  # this provider is not Google
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
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(visitor, provider, cheat):
    provider.cheat(**cheat)
    _refused(visitor, visitor.return_as("ada"))


@pytest.mark.parametrize("verified", [False, None, "true", 1, [True]])
def test_an_address_that_google_has_not_verified_is_refused(visitor, provider, verified):
    provider.cheat(claims={"email_verified": verified})
    _refused(visitor, visitor.return_as("ada"), "oauth_unverified")


@pytest.mark.parametrize("sub", ["ben", "cleo"])
def test_somebody_without_a_verified_address_is_told(visitor, sub):
    _refused(visitor, visitor.return_as(sub), "oauth_unverified")


def test_somebody_without_an_address_is_refused(visitor):
    _refused(visitor, visitor.return_as("dora"))


class TestAProviderInTrouble:
    @pytest.mark.parametrize("answer", [HTML, {"status": 503, "text": "{}"}])
    def test_is_told_at_the_beginning_and_tried_anew(self, visitor, provider, answer):
        provider.cheat(answers={"/.well-known/openid-configuration": answer})
        begun = visitor.http.get("/auth/google/login")
        assert query_of(begun.headers["location"]) == {"google_error": "oauth_unreachable"}
        provider.cheat()
        assert visitor.begin().startswith(provider.issuer)

    @pytest.mark.parametrize("path", ["/oauth2/token", "/jwks"])
    def test_is_told_on_the_way_back(self, visitor, provider, path):
        provider.cheat(answers={path: {"status": 502, "text": HTML["text"]}})
        _refused(visitor, visitor.return_as("ada"), "oauth_unreachable")

    @pytest.mark.parametrize("path", ["/oauth2/token", "/jwks"])
    @pytest.mark.parametrize("text", ["[]", "null", '"x"', "{}", '{"keys": [{"kty": "RSA"}]}'])
    def test_that_answers_nonsense_is_refused(self, visitor, provider, path, text):
        provider.cheat(answers={path: {"status": 200, "text": text}})
        _refused(visitor, visitor.return_as("ada"))

    @pytest.mark.parametrize("text", ["[]", "null", "{}"])
    def test_whose_metadata_are_nonsense_is_refused(self, visitor, provider, text):
        nonsense = {"status": 200, "text": text}
        provider.cheat(answers={"/.well-known/openid-configuration": nonsense})
        begun = visitor.http.get("/auth/google/login")
        assert query_of(begun.headers["location"]) == REFUSED

    def test_that_calls_itself_another_is_refused(self, visitor, provider):
        path = "/.well-known/openid-configuration"
        metadata = httpx2.get(provider.issuer + path).json()
        lie = json.dumps({**metadata, "issuer": "https://accounts.evil.example"})
        provider.cheat(answers={path: {"status": 200, "text": lie}})
        begun = visitor.http.get("/auth/google/login")
        assert query_of(begun.headers["location"]) == REFUSED

    def test_whose_metadata_lack_an_address_is_refused(self, visitor, provider):
        bare = {"status": 200, "text": f'{{"issuer": "{provider.issuer}"}}'}
        provider.cheat(answers={"/.well-known/openid-configuration": bare})
        begun = visitor.http.get("/auth/google/login")
        assert query_of(begun.headers["location"]) == REFUSED
        provider.cheat()
        assert visitor.begin().startswith(provider.issuer)

    def test_that_is_down_is_told(self, settings: Settings, provider: Provider):
        gone = settings.model_copy(update={"google_issuer": f"http://localhost:{free_port()}"})
        with served(create_app(gone)) as port, Browser(port) as visitor:
            begun = visitor.http.get("/auth/google/login")
            assert query_of(begun.headers["location"]) == {"google_error": "oauth_unreachable"}
