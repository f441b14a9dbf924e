"""A transition is compared blind in the browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.clicks import click_until, go_to, repeat_until
from tests.ui.test_journey import (
    check_layout,
    fill_crate,
    open_button,
    start,
    turn_off_the_video,
)

# Two songs of twenty seconds take some seconds; a busy machine takes longer.
ANALYSED_MS = 120_000


def test_transition_is_compared_blind(signed_in: Page, crate: list[Path]) -> None:
    page = signed_in
    fill_crate(page, crate[:2])
    expect(page.get_by_text("Analysed 2 tracks")).to_be_visible(timeout=ANALYSED_MS)
    turn_off_the_video(page)
    start(page, "Like a DJ")
    open_button(page).click()
    heading = page.get_by_role("heading", name="Listening room", exact=True, level=1)
    click_until(page.get_by_role("button", name="Compare blind"), heading)
    save = page.get_by_role("button", name="Save the answer")
    expect(save).to_be_disabled()
    assert page.get_by_text("as in the mix").count() == 0
    play_both(page)
    check_layout(page, "listening-blind")
    play_with_keys(page)
    answer = page.get_by_role("radio", name="Equally good")
    repeat_until(lambda: page.keyboard.press("e"), page.locator("input[type=radio]:checked"))
    expect(answer).to_be_checked()
    expect(save).to_be_enabled()
    click_until(save, page.get_by_text("as in the mix").first)
    expect(page.get_by_text("Equally good").first).to_be_visible()
    check_layout(page, "listening-answered")
    go_to(page, "Sounds")
    go_to(page, "Listening room")
    expect(page.get_by_role("heading", name="Your answers")).to_be_visible()


def play_both(page: Page) -> None:
    """Play, and switch to the other version at the same position."""
    page.get_by_role("button", name="Play").first.click()
    expect(page.get_by_role("button", name="Pause").first).to_be_visible()
    first = page.get_by_role("button", name="A", exact=True)
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Pause").first.click()


def play_with_keys(page: Page) -> None:
    """Play a version with a digit, and pause with the space bar; typed text is no command."""
    first, second = (page.get_by_role("button", name=name, exact=True) for name in "AB")
    page.get_by_role("heading", name="Listening room").click()
    page.keyboard.press("2")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Pause").first).to_be_visible()
    page.keyboard.press("1")
    expect(first).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play").first).to_be_visible()
    note = page.get_by_label("Note (optional)")
    note.press_sequentially("b 2")
    expect(first).to_have_attribute("aria-pressed", "true")
    assert page.locator("input[type=radio]:checked").count() == 0
    note.fill("")
    page.get_by_role("heading", name="Listening room").click()
