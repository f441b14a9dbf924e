"""Sign-in with Google: the button, and the return from Google."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from backend.app.contract.accounts import Providers
from frontend.api.errors import ApiError
from tests.frontend.scripted_api import PASSWORD, ScriptedApi
from tests.frontend.views.test_pages import Page, fill, words_of

LOGIN = 'href="http://localhost:8000/auth/google/login"'
JOIN = ApiError(
    "join_needed", "An account with ada@example.org already exists.", "Enter its password."
)


@pytest.fixture(autouse=True)
def browser_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cookie of a browser that returns from Google."""

    def cookies(_context: object) -> Mapping[str, str]:
        return {"segue_google": "browser-secret"}

    monkeypatch.setattr(type(st.context), "cookies", property(cookies))


def come_back(app: AppTest, **query: str) -> AppTest:
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(b for b in app.button if b.label == label).click().run()


def test_google_button_is_shown_if_configured(app: AppTest, scripted_api: ScriptedApi) -> None:
    assert LOGIN not in words_of(app.run())
    scripted_api.knows_google = True
    assert LOGIN in words_of(app.run())


def test_sign_in_page_works_if_providers_fail(app: AppTest, scripted_api: ScriptedApi) -> None:
    scripted_api.refusals["providers"] = ApiError("api_unreachable", "It is not answering.")
    app.run()
    assert "One mix out" in words_of(app)
    assert "not answering" not in words_of(app)


def test_google_button_appears_once_the_api_answers(
    app: AppTest, scripted_api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, True, True])

    def providers() -> Providers:
        if not next(answers):
            raise ApiError("api_unreachable", "It is not answering.")
        return Providers(google=True)

    monkeypatch.setattr(scripted_api, "providers", providers)
    assert LOGIN in words_of(app.run())


@pytest.mark.parametrize(("has_accounts", "tab"), [(True, "Sign in"), (False, "Sign up")])
def test_sign_up_is_open_until_there_is_an_account(
    app: AppTest, scripted_api: ScriptedApi, has_accounts: bool, tab: str
) -> None:
    scripted_api.has_accounts = has_accounts
    assert app.run().tabs[0].label == tab


def test_return_from_google_signs_in_and_clears_the_address(
    app: AppTest, scripted_api: ScriptedApi
) -> None:
    come_back(app, google="one-time")
    assert not app.exception
    assert app.title[0].value == "New mixtape"
    assert scripted_api.asked[0] == ("exchange", ("one-time", "browser-secret"))
    assert app.session_state["session_code"] == "once"
    assert "google" not in app.query_params


def test_google_code_is_tried_once(app: AppTest, scripted_api: ScriptedApi) -> None:
    scripted_api.refusals["exchange"] = ApiError("oauth_refused", "No longer good.", "Again.")
    come_back(app, google="one-time").run()
    assert [what for what, _ in scripted_api.asked].count("exchange") == 1
    assert "No longer good." in words_of(app)


def test_return_from_google_replaces_the_signed_in_user(
    page: Page, scripted_api: ScriptedApi
) -> None:
    app = page(google="one-time")
    assert ("exchange", ("one-time", "browser-secret")) in scripted_api.asked
    assert app.title[0].value == "New mixtape"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("oauth_denied", "You declined at Google"),
        ("oauth_unverified", "has not verified this account's email"),
        ("oauth_unreachable", "Google did not answer"),
        ("not_configured", "not set up on this server"),
        ("oauth_refused", "sign-in with Google failed"),
        ("<script>alert(1)</script>", "sign-in with Google failed"),
    ],
)
def test_google_errors_have_a_message(app: AppTest, code: str, words: str) -> None:
    come_back(app, google_error=code)
    assert not app.exception
    assert words in words_of(app)
    assert "<script>" not in words_of(app)
    assert "google_error" not in app.query_params


def test_google_error_disappears_after_another_attempt(app: AppTest) -> None:
    come_back(app, google_error="oauth_denied")
    fill(app, "sign_in", "dj@example.org", "wrong")
    assert not app.exception
    assert "You declined" not in words_of(app)
    assert "They do not match." in words_of(app)


class TestJoining:
    @pytest.fixture
    def asked(self, app: AppTest, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.refusals["exchange"] = JOIN
        return come_back(app, google="ticket")

    def test_joining_asks_only_for_the_password(self, asked: AppTest) -> None:
        assert "An account with ada@example.org already exists." in words_of(asked)
        assert [field.key for field in asked.text_input] == ["join_password"]

    def test_right_password_joins_and_signs_in(
        self, asked: AppTest, scripted_api: ScriptedApi
    ) -> None:
        asked.text_input(key="join_password").set_value(PASSWORD)
        press(asked, "Sign in")
        assert ("join_google", ("ticket", PASSWORD, "browser-secret")) in scripted_api.asked
        assert asked.title[0].value == "New mixtape"
        assert "google_ticket" not in asked.session_state

    def test_wrong_password_can_be_corrected(
        self, asked: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.refusals["join_google"] = ApiError("not_signed_in", "The password is wrong.")
        asked.text_input(key="join_password").set_value("wrong")
        press(asked, "Sign in")
        assert "The password is wrong." in words_of(asked)
        asked.text_input(key="join_password").set_value(PASSWORD)
        press(asked, "Sign in")
        assert asked.title[0].value == "New mixtape"

    def test_expired_code_returns_to_sign_in(
        self, asked: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.refusals["join_google"] = ApiError("oauth_refused", "No longer good.")
        press(asked, "Sign in")
        assert "No longer good." in words_of(asked)
        assert asked.text_input(key="sign_in_email")

    def test_joining_can_be_cancelled(self, asked: AppTest) -> None:
        press(asked, "Sign in another way")
        assert "already exists" not in words_of(asked)
        assert asked.text_input(key="sign_in_email")
