"""One's own account in the browser: sessions, password, reset link, deletion."""

from __future__ import annotations

import httpx2
from playwright.sync_api import Page, expect

from tests.patience import PATIENCE_S
from tests.ui.clicks import TRY_MS, repeat_until
from tests.ui.conftest import Segue, sign_in, sign_up
from tests.ui.test_journey import check_layout

PASSWORD, NEW, NEWER = "correct horse battery", "a new sentence", "yet another sentence"


def open_account(page: Page) -> None:
    def choose() -> None:
        page.get_by_role("button", name="Account").click(timeout=TRY_MS)
        page.get_by_role("link", name="Account settings").click(timeout=TRY_MS)

    repeat_until(choose, page.get_by_role("heading", name="Your account", exact=True))


def delete_account(page: Page, email: str) -> None:
    def confirm() -> None:
        if not page.get_by_label("Your email address").is_visible():
            page.get_by_text("Delete my account").click(timeout=TRY_MS)
        page.get_by_label("Your email address").fill(email, timeout=TRY_MS)
        page.get_by_label("Password", exact=True).fill(NEWER, timeout=TRY_MS)
        page.get_by_role("button", name="Delete permanently").click(timeout=TRY_MS)

    repeat_until(confirm, page.get_by_text("Your account is deleted"))


def sign_in_elsewhere(segue: Segue, email: str) -> httpx2.Response:
    """Sign in from a program, which is another session."""
    form = {"username": email, "password": PASSWORD}
    answer = httpx2.post(f"{segue.api_url}/auth/token", data=form, timeout=PATIENCE_S)
    return answer.raise_for_status()


def reset_link(segue: Segue, email: str) -> str:
    """A link as the operator's command prints it, since the test's user is no admin."""
    from backend.app.settings import Settings
    from backend.app.wiring.server_secrets import jwt_secret
    from backend.app.wiring.sign_in import build_sign_in
    from backend.app.wiring.stores import open_stores

    settings = Settings(_env_file=None, storage_root=segue.storage)
    database = open_stores(settings, migrate=False).database
    secret = build_sign_in(database, jwt_secret(settings)).own_account.make_reset(email).secret
    database.close()
    return f"{segue.url}/?reset={secret}"


def test_account_from_its_settings_to_its_end(page: Page, segue: Segue, new_email: str) -> None:
    page.goto(segue.url)
    sign_up(page, new_email, PASSWORD)
    expect(page.get_by_text("Drop your tracks here")).to_be_visible()
    other = sign_in_elsewhere(segue, new_email).json()["access_token"]

    open_account(page)
    expect(page.get_by_text("Chrome on Linux")).to_be_visible()
    expect(page.get_by_text("A Python program")).to_be_visible()
    page.get_by_role("button", name="Sign out all others").click()
    expect(page.get_by_text("A Python program")).to_have_count(0)
    bearer = {"Authorization": f"Bearer {other}"}
    me = httpx2.get(f"{segue.api_url}/auth/me", headers=bearer, timeout=PATIENCE_S)
    assert me.status_code == 401

    check_layout(page, "account")
    page.get_by_label("Current password", exact=True).fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()

    page.context.clear_cookies()
    page.goto(reset_link(segue, new_email))
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    check_layout(page, "reset")
    page.get_by_label("New password", exact=True).fill(NEWER)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_text("Drop your tracks here")).to_be_visible()

    open_account(page)
    delete_account(page, new_email)
    sign_in(page, new_email, NEWER)
    expect(page.get_by_text("The email or the password is wrong.")).to_be_visible()
