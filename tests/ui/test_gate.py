"""Sign-in and sign-up in the browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.ui.conftest import Segue, sign_in, sign_up, wait_for_cookie


def test_wrong_password_shows_an_error(page: Page, segue: Segue) -> None:
    page.goto(segue.url)
    sign_in(page, "stranger@example.org", "not the password")
    expect(page.get_by_text("That didn't work")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_email_can_sign_up_only_once(page: Page, segue: Segue, new_email: str) -> None:
    page.goto(segue.url)
    sign_up(page, new_email)
    expect(page.get_by_text("Drop your tracks here")).to_be_visible()
    wait_for_cookie(page)
    page.context.clear_cookies()
    page.goto(segue.url)
    sign_up(page, new_email)
    expect(page.get_by_text("That didn't work")).to_be_visible()


def test_short_password_shows_a_hint(page: Page, segue: Segue) -> None:
    page.goto(segue.url)
    sign_up(page, "short@example.org", "short")
    expect(page.get_by_text("This password is too short.")).to_be_visible()
    expect(page.get_by_text("Use at least 8 characters")).to_be_visible()


def test_sign_out_survives_a_reload(signed_in: Page) -> None:
    signed_in.get_by_role("button", name="Account").click()
    signed_in.get_by_role("button", name="Sign out").click()
    expect(signed_in.get_by_role("tab", name="Sign in")).to_be_visible()
    signed_in.reload()
    expect(signed_in.get_by_role("tab", name="Sign in")).to_be_visible()


def test_tab_stays_open_where_a_form_shows_an_error(signed_in: Page, new_email: str) -> None:
    signed_in.get_by_role("button", name="Account").click()
    signed_in.get_by_role("button", name="Sign out").click()
    for tab in ("Sign up", "Sign in"):
        (sign_up if tab == "Sign up" else sign_in)(signed_in, f"new.{new_email}", "short")
        panel = signed_in.get_by_role("tabpanel", name=tab)
        expect(
            panel.get_by_text("That didn't work").or_(panel.get_by_text("too short")).first
        ).to_be_visible()


def test_session_cookie_is_http_only(page: Page, segue: Segue, new_email: str) -> None:
    page.goto(segue.url)
    sign_up(page, new_email)
    for _ in range(50):
        cookies = [c for c in page.context.cookies() if c["name"] == "segue_session"]
        if cookies:
            break
        page.wait_for_timeout(200)
    assert cookies[0]["httpOnly"]
    assert cookies[0]["sameSite"] == "Lax"
    assert "segue_session" not in page.evaluate("document.cookie")
