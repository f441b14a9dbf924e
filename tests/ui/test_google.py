"""Sign-in with Google in the browser: button, provider's page, return."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.oidc.running import CLIENT_SECRET, Provider
from tests.ui.conftest import Segue, sign_up, wait_for_cookie

BUTTON = "Continue with Google"


@pytest.fixture
def sign_in_page(page: Page, segue: Segue, google: Provider) -> Page:
    """The sign-in page, in a browser that reaches only this machine."""
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


def test_google_sign_in_survives_a_reload(
    sign_in_page: Page, segue: Segue, google: Provider
) -> None:
    consent(sign_in_page, google, "ada")
    expect(sign_in_page.get_by_text("Drop your tracks here")).to_be_visible()
    expect(sign_in_page).not_to_have_url(re.compile("google="))
    assert len(sign_in_page.context.pages) == 1  # all in one tab
    sign_in_page.get_by_role("button", name="Account").click()
    expect(sign_in_page.get_by_text("ada@example.org")).to_be_visible()
    wait_for_cookie(sign_in_page)
    sign_in_page.reload()
    expect(sign_in_page.get_by_text("Drop your tracks here")).to_be_visible()
    sign_in_page.get_by_role("button", name="Account").click()
    sign_in_page.get_by_role("button", name="Sign out").click()
    expect(sign_in_page.get_by_role("link", name=BUTTON)).to_be_visible()
    sign_in_page.reload()
    expect(sign_in_page.get_by_role("tab", name="Sign in")).to_be_visible()
    log = (segue.storage.parent / "log.txt").read_text(errors="replace")
    assert "/auth/google/callback?code=***&state=***" in log
    assert CLIENT_SECRET not in log
    assert "?google=" not in log.replace("?google=***", "")


def test_declined_consent_shows_an_error(sign_in_page: Page) -> None:
    sign_in_page.get_by_role("link", name=BUTTON).click()
    sign_in_page.get_by_role("button", name="Deny").click()
    expect(sign_in_page.get_by_text("You declined at Google")).to_be_visible()
    expect(sign_in_page.get_by_role("link", name=BUTTON)).to_be_visible()
    assert "google_error" not in sign_in_page.url


def test_google_account_is_joined_by_password(
    sign_in_page: Page, segue: Segue, google: Provider
) -> None:
    sign_up(sign_in_page, "bea@example.org", "correct horse battery")
    expect(sign_in_page.get_by_text("Drop your tracks here")).to_be_visible()
    wait_for_cookie(sign_in_page)
    sign_in_page.context.clear_cookies()
    sign_in_page.goto(segue.url)
    consent(sign_in_page, google, "bea")
    expect(
        sign_in_page.get_by_text("An account with bea@example.org already exists.")
    ).to_be_visible()
    sign_in_page.get_by_label("Password", exact=True).fill("not the password")
    sign_in_page.get_by_role("button", name="Sign in", exact=True).click()
    expect(sign_in_page.get_by_text("The password is wrong.")).to_be_visible()
    sign_in_page.get_by_label("Password", exact=True).fill("correct horse battery")
    sign_in_page.get_by_role("button", name="Sign in", exact=True).click()
    expect(sign_in_page.get_by_text("Drop your tracks here")).to_be_visible()
