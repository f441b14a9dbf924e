"""A mix like a DJ's in the browser: heard, put right, joined, looked at, heard again, changed."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.test_journey import fill_crate, open_button, photograph, start

# Two songs of twenty seconds are heard and mixed in some seconds; a busy machine takes longer.
HEARD_MS = 120_000


def test_a_mix_like_a_djs_is_looked_at_heard_and_changed(
    signed_in: Page, crate: list[Path]
) -> None:
    page = signed_in
    fill_crate(page, crate[:2])
    expect(page.get_by_text("Heard 2 tracks")).to_be_visible(timeout=HEARD_MS)
    put_the_beat_right(page)
    draw_the_energy(page)
    leave_out_the_video(page)
    start(page, "Like a DJ")
    open_button(page).click()
    look_closely(page)
    hear_a_join(page)
    photograph(page, "5-joins")
    change_a_join(page)


def put_the_beat_right(page: Page) -> None:
    """Twice the beats and back again, with the track to be heard."""
    page.get_by_role("button", name=re.compile("^Check the beat of")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Play").click()
    expect(dialog.get_by_role("button", name="Pause")).to_be_visible()
    dialog.get_by_role("button", name="÷2").click()
    expect(dialog.get_by_text("beats halved")).to_be_visible()
    dialog.get_by_role("button", name="Reset").click()
    expect(dialog.get_by_text("Put right by you: nothing")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0)


def draw_the_energy(page: Page) -> None:
    """By keyboard, point by point."""
    page.get_by_role("radio", name="Find the best").click()
    page.get_by_role("radio", name="Draw it").click()
    first = page.get_by_role("slider", name="Energy at the start")
    before = int(first.get_attribute("aria-valuenow") or 0)
    first.press("ArrowUp")
    expect(first).to_have_attribute("aria-valuenow", str(before + 5))


def leave_out_the_video(page: Page) -> None:
    page.get_by_text("Sound, video and description").click()
    page.get_by_text("Make a video").click()


def look_closely(page: Page) -> None:
    """The picture shows both decks, and says of a join what it shows."""
    expect(page.get_by_role("img", name=re.compile("^Picture of the mix"))).to_be_visible()
    page.get_by_role("button", name="Look at the next join").click()
    expect(page.get_by_text("Join 1 of 1")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^.+ into .+: \w+"))).to_be_visible()


def hear_a_join(page: Page) -> None:
    page.get_by_role("button", name="Hear this join").click()
    sound = page.get_by_test_id("stAudio")
    expect(sound).to_be_visible(timeout=HEARD_MS)
    page.wait_for_function("document.querySelector('[data-testid=stAudio]').duration > 1")


def change_a_join(page: Page) -> None:
    """A wish for one join, kept and rendered; the new mix has it."""
    page.get_by_text("Change it", exact=True).click()
    page.get_by_role("radio", name="Fade").click()
    page.get_by_role("button", name="Keep this change").click()
    expect(page.get_by_text("0 of 1 join and all levels stay as they are")).to_be_visible()
    page.get_by_role("button", name="Render again with these changes").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    mixes = page.get_by_role("button", name="Open the mix")
    expect(mixes).to_have_count(2, timeout=HEARD_MS)
    mixes.first.click()
    expect(page.get_by_role("group", name=re.compile("^Join 1"))).to_contain_text("Fade")
