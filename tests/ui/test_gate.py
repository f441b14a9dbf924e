"""Who comes in and who does not, as a browser sees it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.ui.conftest import Segue, sign_in, sign_up


def test_a_wrong_password_is_told_in_words(page: Page, segue: Segue) -> None:
    page.goto(segue.url)
    sign_in(page, "nobody@example.org", "not the password")
    expect(page.get_by_text("Not done")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_an_address_has_one_account(page: Page, segue: Segue) -> None:
    page.goto(segue.url)
    sign_up(page, "once@example.org")
    expect(page.get_by_text("Drop your tracks here")).to_be_visible()
    page.context.clear_cookies()
    page.goto(segue.url)
    sign_up(page, "once@example.org")
    expect(page.get_by_text("Not done")).to_be_visible()


def test_a_short_password_is_refused_with_a_hint(page: Page, segue: Segue) -> None:
    page.goto(segue.url)
    sign_up(page, "short@example.org", "short")
    expect(page.get_by_text("This password is too short.")).to_be_visible()
    expect(page.get_by_text("Use at least 8 characters")).to_be_visible()


def test_signing_out_lasts_across_a_reload(signed_in: Page) -> None:
    signed_in.get_by_role("button", name="Account").click()
    signed_in.get_by_role("button", name="Sign out").click()
    expect(signed_in.get_by_role("tab", name="Sign in")).to_be_visible()
    signed_in.reload()
    expect(signed_in.get_by_role("tab", name="Sign in")).to_be_visible()


def test_the_cookie_of_a_session_is_out_of_scripts_reach(signed_in: Page) -> None:
    for _ in range(50):
        kept = [c for c in signed_in.context.cookies() if c["name"] == "segue_session"]
        if kept:
            break
        signed_in.wait_for_timeout(200)
    assert kept[0]["httpOnly"]
    assert kept[0]["sameSite"] == "Lax"
    assert "segue_session" not in signed_in.evaluate("document.cookie")
