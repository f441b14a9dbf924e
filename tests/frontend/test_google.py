"""The gate with Google: the way there, and what the way back brings."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from frontend.api_client import ApiError
from tests.frontend.scripted_api import PASSWORD, ScriptedApi
from tests.frontend.test_pages import Page, fill, words_of

LOGIN = 'href="http://localhost:8000/auth/google/login"'
JOIN = ApiError("join_needed", "There is an account with ada@example.org.", "Enter its password.")


@pytest.fixture(autouse=True)
def browser_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cookie of a browser that has come back from Google."""

    def cookies(_context: object) -> Mapping[str, str]:
        return {"segue_google": "browser-secret"}

    monkeypatch.setattr(type(st.context), "cookies", property(cookies))


def come_back(app: AppTest, **told: str) -> AppTest:
    for name, value in told.items():
        app.query_params[name] = value
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(b for b in app.button if b.label == label).click().run()


def test_the_way_to_google_is_shown_where_the_server_knows_it(
    app: AppTest, scripted_api: ScriptedApi
) -> None:
    assert LOGIN not in words_of(app.run())
    scripted_api.knows_google = True
    assert LOGIN in words_of(app.run())


def test_the_gate_stands_though_the_engine_does_not_answer(
    app: AppTest, scripted_api: ScriptedApi
) -> None:
    scripted_api.refusals["providers"] = ApiError("api_unreachable", "It is not answering.")
    app.run()
    assert "One mix out" in words_of(app)
    assert "not answering" not in words_of(app)


def test_who_comes_back_is_signed_in_and_the_code_leaves_the_address(
    app: AppTest, scripted_api: ScriptedApi
) -> None:
    come_back(app, google="one-time")
    assert not app.exception
    assert app.title[0].value == "New mixtape"
    assert scripted_api.asked[0] == ("exchange", ("one-time", "browser-secret"))
    assert app.session_state["session_code"] == "once"
    assert "google" not in app.query_params


def test_a_code_is_tried_once(app: AppTest, scripted_api: ScriptedApi) -> None:
    scripted_api.refusals["exchange"] = ApiError("oauth_refused", "No longer good.", "Again.")
    come_back(app, google="one-time").run()
    assert [what for what, _ in scripted_api.asked].count("exchange") == 1
    assert "No longer good." in words_of(app)


def test_who_is_signed_in_already_becomes_who_came_back(
    page: Page, scripted_api: ScriptedApi
) -> None:
    app = page(google="one-time")
    assert ("exchange", ("one-time", "browser-secret")) in scripted_api.asked
    assert app.title[0].value == "New mixtape"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("oauth_denied", "You said no at Google"),
        ("oauth_unverified", "has not verified the email address"),
        ("oauth_unreachable", "Google did not answer"),
        ("not_configured", "not set up here"),
        ("oauth_refused", "did not go through"),
        ("<script>alert(1)</script>", "did not go through"),
    ],
)
def test_a_refusal_is_told_in_words_with_what_to_do(app: AppTest, code: str, words: str) -> None:
    come_back(app, google_error=code)
    assert not app.exception
    assert words in words_of(app)
    assert "<script>" not in words_of(app)
    assert "google_error" not in app.query_params


def test_what_google_said_goes_when_something_else_is_tried(app: AppTest) -> None:
    come_back(app, google_error="oauth_denied")
    fill(app, "sign_in", "dj@example.org", "wrong")
    assert not app.exception
    assert "You said no" not in words_of(app)
    assert "They do not match." in words_of(app)


class TestJoining:
    @pytest.fixture
    def asked(self, app: AppTest, scripted_api: ScriptedApi) -> AppTest:
        scripted_api.refusals["exchange"] = JOIN
        return come_back(app, google="ticket")

    def test_asks_for_the_password_and_nothing_else(self, asked: AppTest) -> None:
        assert "There is an account with ada@example.org." in words_of(asked)
        assert [field.key for field in asked.text_input] == ["join_password"]

    def test_the_right_password_signs_in(self, asked: AppTest, scripted_api: ScriptedApi) -> None:
        asked.text_input(key="join_password").set_value(PASSWORD)
        press(asked, "Sign in")
        assert ("join_google", ("ticket", PASSWORD, "browser-secret")) in scripted_api.asked
        assert asked.title[0].value == "New mixtape"
        assert "google_ticket" not in asked.session_state

    def test_a_wrong_one_is_told_and_may_be_put_right(
        self, asked: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.refusals["join_google"] = ApiError("not_signed_in", "The password is wrong.")
        asked.text_input(key="join_password").set_value("wrong")
        press(asked, "Sign in")
        assert "The password is wrong." in words_of(asked)
        asked.text_input(key="join_password").set_value(PASSWORD)
        press(asked, "Sign in")
        assert asked.title[0].value == "New mixtape"

    def test_a_ticket_that_has_run_out_leads_back_to_the_gate(
        self, asked: AppTest, scripted_api: ScriptedApi
    ) -> None:
        scripted_api.refusals["join_google"] = ApiError("oauth_refused", "No longer good.")
        press(asked, "Sign in")
        assert "No longer good." in words_of(asked)
        assert asked.text_input(key="sign_in_email")

    def test_can_be_left_alone(self, asked: AppTest) -> None:
        press(asked, "Sign in another way")
        assert "There is an account" not in words_of(asked)
        assert asked.text_input(key="sign_in_email")
