"""Clicks and entries that are repeated until the page has reacted.

Streamlit combines a click with a redraw that a timer or a widget requests at the same moment, and
may then draw the old page. Users click again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

#: Each click has ten seconds: a page that calls a busy API takes some.
TRY_MS, TRIES = 10_000, 12


def repeat_until(act: Callable[[], object], reaction: Locator) -> None:
    """Act until ``reaction`` is visible; steps of ``act`` wait for `TRY_MS` at most."""
    for _ in range(TRIES - 1):
        with suppress(PlaywrightError, AssertionError):
            if not reaction.is_visible():
                act()
            expect(reaction).to_be_visible(timeout=TRY_MS)
            return
    act()
    expect(reaction).to_be_visible()


def click_until(button: Locator, reaction: Locator) -> None:
    """Click until ``reaction`` is visible; then click no more."""
    repeat_until(lambda: button.click(timeout=TRY_MS), reaction)


def click_until_gone(button: Locator) -> None:
    """Click until the button is gone, however long what it begins takes."""
    for _ in range(TRIES):
        with suppress(PlaywrightError, AssertionError):
            if button.is_visible():
                button.click(timeout=TRY_MS)
            expect(button).to_be_hidden(timeout=TRY_MS)
            return
    expect(button).to_be_hidden()


def go_to(page: Page, name: str) -> None:
    """Open a page from the menu; its title equals the link's name."""
    link = page.get_by_role("link", name=name).first
    click_until(link, page.get_by_role("heading", name=name, exact=True, level=1))
