"""A mix with DJ transitions in the browser: corrections, energy, previews, changes."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.clicks import click_until
from tests.ui.test_journey import (
    check_layout,
    fill_crate,
    open_button,
    start,
    turn_off_the_video,
)

# Two songs of twenty seconds take some seconds; a busy machine takes longer.
ANALYSED_MS = 120_000


def test_dj_mix_is_previewed_and_changed(signed_in: Page, crate: list[Path]) -> None:
    page = signed_in
    fill_crate(page, crate[:2])
    expect(page.get_by_text("Analysed 2 tracks")).to_be_visible(timeout=ANALYSED_MS)
    correct_the_beat(page)
    draw_the_energy(page)
    turn_off_the_video(page)
    start(page, "Like a DJ")
    open_button(page).click()
    zoom_in(page)
    preview_a_join(page)
    check_layout(page, "5-joins")
    change_a_join(page)


def correct_the_beat(page: Page) -> None:
    """Halve the beats, which plays them, and reset."""
    dialog = page.get_by_role("dialog")
    click_until(page.get_by_role("button", name=re.compile("^Check the beat of")).first, dialog)
    expect(dialog.get_by_role("button", name="Play")).to_be_visible()
    dialog.get_by_role("button", name="÷2").click()
    expect(dialog.get_by_role("button", name="Pause")).to_be_visible()
    expect(dialog.get_by_text("beats halved")).to_be_visible()
    dialog.get_by_role("button", name="Reset").click()
    expect(dialog.get_by_text("No corrections yet")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0)


def draw_the_energy(page: Page) -> None:
    """Move a point of the energy curve by keyboard."""
    page.get_by_role("radio", name="Find the best order").click()
    page.get_by_role("radio", name="Draw it").click()
    first = page.get_by_role("slider", name="Energy at the start")
    percent = int(first.get_attribute("aria-valuenow") or 0)
    first.press("ArrowUp")
    expect(first).to_have_attribute("aria-valuenow", str(percent + 5))


def zoom_in(page: Page) -> None:
    """The picture shows both decks, and describes each transition."""
    expect(page.get_by_role("img", name=re.compile("^Picture of the mix"))).to_be_visible()
    page.get_by_role("button", name="Next transition").click()
    expect(page.get_by_text("Transition 1 of 1")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^.+ into .+: \w+"))).to_be_visible()


def preview_a_join(page: Page) -> None:
    page.get_by_role("button", name="Play this transition").click()
    sound = page.get_by_test_id("stAudio")
    expect(sound).to_be_visible(timeout=ANALYSED_MS)
    page.wait_for_function("document.querySelector('[data-testid=stAudio]').duration > 1")


def change_a_join(page: Page) -> None:
    """Change one transition, save it, render; the new mix has the change."""
    page.get_by_text("Change it", exact=True).click()
    page.get_by_role("radio", name="Fade").click()
    page.get_by_role("button", name="Save this change").click()
    expect(page.get_by_text("0 of 1 transition and all levels stay as they are")).to_be_visible()
    page.get_by_role("button", name="Render again with these changes").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    mixes = page.get_by_role("button", name="Open the mix")
    expect(mixes).to_have_count(2, timeout=ANALYSED_MS)
    mixes.first.click()
    expect(page.get_by_role("group", name=re.compile("^Transition 1"))).to_contain_text("Fade")
