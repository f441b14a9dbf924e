"""The account page, and a new password by an admin's link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from backend.app.contract.accounts import SessionView
from backend.app.contract.webhooks import UndeliveredView, WebhookView
from frontend.api.errors import ApiError
from tests.frontend.scripted_api import NOW, ScriptedApi
from tests.frontend.views.test_pages import words_of

Page = Callable[..., AppTest]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
CHROME = "Mozilla/5.0 (Linux; Android 17) Chrome/150.0 Mobile Safari/537.36"


def session_of(session_id: str, device: str, address: str, *, current: bool) -> SessionView:
    return SessionView(
        id=session_id,
        device=device,
        address=address,
        created_at=NOW,
        last_seen_at=NOW,
        current=current,
    )


@pytest.fixture
def account(page: Page, scripted_api: ScriptedApi) -> Callable[[], AppTest]:
    scripted_api.all_sessions = [
        session_of("here", FIREFOX, "203.0.113.7", current=True),
        session_of("phone", CHROME, "198.51.100.1", current=False),
        session_of("old", "", "", current=False),
    ]

    def opened() -> AppTest:
        app = page("views/account.py")
        assert not app.exception
        return app

    return opened


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click()
    app.run()
    assert not app.exception
    return app


def type_in(app: AppTest, **values: str) -> AppTest:
    for key, value in values.items():
        app.text_input(key=key).set_value(value)
    return app


class TestSessions:
    def test_each_has_device_address_and_last_visit(self, account) -> None:
        shown = words_of(account())
        assert "**Firefox on Linux**" in shown
        assert "**Chrome on Android**" in shown
        assert "**Unknown device**" in shown
        assert "Last seen on 21 Nov 2026 at 04:00 from 198\\.51\\.100\\.1" in shown
        assert shown.count("This session") == 1

    def test_one_is_signed_out(self, account, scripted_api: ScriptedApi) -> None:
        app = account()
        app.button(key="end_phone").click().run()
        assert not app.exception
        assert scripted_api.asked == [("end_session", "phone")]
        assert "Chrome on Android" not in words_of(app)
        assert "Firefox on Linux" in words_of(app)

    def test_all_others_are_signed_out(self, account, scripted_api: ScriptedApi) -> None:
        app = press(account(), "Sign out all others")
        assert scripted_api.asked == [("end_other_sessions", None)]
        assert "Chrome on Android" not in words_of(app)
        assert "Sign out all others" not in [one.label for one in app.button]


class TestPassword:
    def test_is_changed(self, account, scripted_api: ScriptedApi) -> None:
        app = type_in(account(), current_password="old secret", new_password="new secret")
        press(app, "Change password")
        assert scripted_api.asked == [("change_password", ("old secret", "new secret"))]
        assert "Your password is changed" in app.success[0].value
        assert not app.run().success

    def test_short_one_is_refused_without_a_call(self, account, scripted_api: ScriptedApi) -> None:
        app = type_in(account(), current_password="old secret", new_password="short")
        press(app, "Change password")
        assert "This password is too short." in words_of(app)
        assert scripted_api.asked == []

    def test_refusal_is_shown_and_the_user_stays(self, account, scripted_api: ScriptedApi) -> None:
        refusal = ApiError("wrong_password", "The current password is wrong.", "Ask an admin.")
        scripted_api.refusals["change_password"] = refusal
        app = type_in(account(), current_password="guess", new_password="new secret")
        press(app, "Change password")
        assert "The current password is wrong." in words_of(app)
        assert app.title[0].value == "Your account"

    def test_account_of_google_sets_its_first(self, account, scripted_api: ScriptedApi) -> None:
        scripted_api.has_password = False
        app = account()
        assert "You sign in with Google." in words_of(app)
        press(type_in(app, new_password="new secret"), "Set password")
        assert scripted_api.asked == [("change_password", ("", "new secret"))]
        assert "Change password" in [one.label for one in app.button]


class TestResetLinkOfAdmins:
    def test_is_shown_once(self, account, scripted_api: ScriptedApi) -> None:
        scripted_api.is_admin = True
        app = press(type_in(account(), reset_email="bea@example.org"), "Make a link")
        assert app.code[0].value == "http://localhost:8501/?reset=secret"
        assert "It works once, until 21 Nov 2026, 04:00." in words_of(app)
        assert not app.run().code

    def test_unknown_address_is_reported(self, account, scripted_api: ScriptedApi) -> None:
        scripted_api.is_admin = True
        unknown = ApiError("not_found", "No account has this email address.", "Check it.")
        scripted_api.refusals["make_reset_link"] = unknown
        app = press(type_in(account(), reset_email="eve@example.org"), "Make a link")
        assert "No account has this email address." in words_of(app)
        assert not app.code

    def test_others_make_none(self, account) -> None:
        assert "Make a link" not in [one.label for one in account().button]


class TestDeletion:
    def test_says_what_goes_and_ends_at_the_sign_in_page(
        self, account, scripted_api: ScriptedApi
    ) -> None:
        app = account()
        assert "Videos on YouTube stay there." in words_of(app)
        type_in(app, delete_email="dj@example.org", delete_password="secret")
        press(app, "Delete permanently")
        assert scripted_api.asked == [("delete_account", ("dj@example.org", "secret"))]
        assert "credentials" not in app.session_state

    def test_wrong_confirmation_is_shown(self, account, scripted_api: ScriptedApi) -> None:
        wrong = ApiError("wrong_confirmation", "The address you typed is not yours.", "Type it.")
        scripted_api.refusals["delete_account"] = wrong
        app = press(type_in(account(), delete_email="x"), "Delete permanently")
        assert "The address you typed is not yours." in words_of(app)
        assert "credentials" in app.session_state


class TestReset:
    def test_link_asks_for_a_new_password_and_signs_in(
        self, app: AppTest, scripted_api: ScriptedApi
    ) -> None:
        app.query_params["reset"] = "secret"
        app.run()
        assert app.title[0].value == "Choose a new password"
        assert "reset" not in app.query_params
        press(type_in(app, reset_new="new secret"), "Save and sign in")
        assert ("reset_password", ("secret", "new secret")) in scripted_api.asked
        assert app.title[0].value == "New mixtape"
        assert app.session_state["session_code"] == "once"

    def test_expired_link_is_reported(self, app: AppTest, scripted_api: ScriptedApi) -> None:
        expired = ApiError("reset_expired", "This link was used already.", "Ask for a new one.")
        scripted_api.refusals["reset_password"] = expired
        app.query_params["reset"] = "secret"
        app.run()
        press(type_in(app, reset_new="new secret"), "Save and sign in")
        assert "This link was used already." in words_of(app)
        press(app, "Cancel")
        assert "One mix out" in words_of(app)

    def test_short_password_is_refused_without_a_call(
        self, app: AppTest, scripted_api: ScriptedApi
    ) -> None:
        app.query_params["reset"] = "secret"
        app.run()
        press(type_in(app, reset_new="short"), "Save and sign in")
        assert "This password is too short." in words_of(app)
        assert scripted_api.asked == []


def test_webhook_is_saved_and_its_secret_shown_once(
    account: Callable[[], AppTest], scripted_api: ScriptedApi
) -> None:
    app = account()
    app.text_input(key="webhook_url").set_value("https://example.org/in")
    app = press(app, "Save with a new secret")
    assert "shown once" in words_of(app)
    app.run()
    assert "shown once" not in words_of(app)
    assert scripted_api.own_webhook is not None
    press(app, "Remove the webhook")
    assert scripted_api.own_webhook is None


def test_failed_messages_of_the_webhook_are_listed(
    account: Callable[[], AppTest], scripted_api: ScriptedApi
) -> None:
    failed = UndeliveredView(
        job_id="0123456789", status="failed", attempts=9, error="No.", created_at=NOW, next_at=None
    )
    scripted_api.own_webhook = WebhookView(url="https://x", created_at=NOW, undelivered=[failed])
    [row] = account().table[0].value.to_dict("records")
    assert row["Problem"] == "No."
    assert row["Next try"] == "given up"


def test_quotas_are_shown(account: Callable[[], AppTest]) -> None:
    words = words_of(account())
    assert "Jobs that wait or run: 2 of 20" in words
    assert "1.5 MB of 5.00 GB" in words
    assert "Songs separated into stems today: 30 of 60 min" in words
