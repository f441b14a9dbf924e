"""Signing in with Google, as a browser sees it: the button, the provider's page, and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.oidc.running import CLIENT_SECRET, Provider
from tests.ui.conftest import Segue, sign_up

BUTTON = "Continue with Google"


@pytest.fixture
def gate(page: Page, segue: Segue, google: Provider) -> Page:
    """The gate, in a browser that reaches this machine and no other."""
    google.cheat()
    page.route(lambda url: "//localhost:" not in url, lambda route: route.abort())
    page.goto(segue.url)
    expect(page.get_by_role("link", name=BUTTON)).to_be_visible()
    return page


def consent(page: Page, google: Provider, sub: str) -> None:
    page.get_by_role("link", name=BUTTON).click()
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()
    assert page.url.startswith(google.issuer)
    page.get_by_role("button", name=sub, exact=True).first.click()


def test_from_the_button_to_google_and_back_and_it_lasts(
    gate: Page, segue: Segue, google: Provider
) -> None:
    consent(gate, google, "ada")
    expect(gate.get_by_text("Drop your tracks here")).to_be_visible()
    expect(gate).not_to_have_url(re.compile("google="))
    assert len(gate.context.pages) == 1  # all in one tab
    gate.get_by_role("button", name="Account").click()
    expect(gate.get_by_text("ada@example.org")).to_be_visible()
    _wait_for_cookie(gate)
    gate.reload()
    expect(gate.get_by_text("Drop your tracks here")).to_be_visible()
    gate.get_by_role("button", name="Account").click()
    gate.get_by_role("button", name="Sign out").click()
    expect(gate.get_by_role("link", name=BUTTON)).to_be_visible()
    gate.reload()
    expect(gate.get_by_role("tab", name="Sign in")).to_be_visible()
    log = (segue.storage.parent / "log.txt").read_text(errors="replace")
    assert "/auth/google/callback?code=***&state=***" in log
    assert CLIENT_SECRET not in log
    assert "?google=" not in log.replace("?google=***", "")


def _wait_for_cookie(page: Page) -> None:
    for _ in range(50):
        if any(cookie["name"] == "segue_session" for cookie in page.context.cookies()):
            return
        page.wait_for_timeout(200)
    pytest.fail("the browser keeps no session")


def test_saying_no_at_google_is_told_in_words(gate: Page) -> None:
    gate.get_by_role("link", name=BUTTON).click()
    gate.get_by_role("button", name="Deny").click()
    expect(gate.get_by_text("You said no at Google")).to_be_visible()
    expect(gate.get_by_role("link", name=BUTTON)).to_be_visible()
    assert "google_error" not in gate.url


def test_an_account_with_a_password_is_joined_by_that_password(
    gate: Page, segue: Segue, google: Provider
) -> None:
    sign_up(gate, "bea@example.org", "correct horse battery")
    expect(gate.get_by_text("Drop your tracks here")).to_be_visible()
    gate.context.clear_cookies()
    gate.goto(segue.url)
    consent(gate, google, "bea")
    expect(gate.get_by_text("There is an account with bea@example.org.")).to_be_visible()
    gate.get_by_label("Password", exact=True).fill("not the password")
    gate.get_by_role("button", name="Sign in", exact=True).click()
    expect(gate.get_by_text("The password is wrong.")).to_be_visible()
    gate.get_by_label("Password", exact=True).fill("correct horse battery")
    gate.get_by_role("button", name="Sign in", exact=True).click()
    expect(gate.get_by_text("Drop your tracks here")).to_be_visible()
