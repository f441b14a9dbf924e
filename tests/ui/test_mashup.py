"""A mashup in the browser: songs and a vibe, the fit before, a mix that plays and downloads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.test_journey import FAILED, photograph, saved
from tests.ui.test_stems import choose_draft

# Two songs of twenty seconds are heard, taken apart by the draft and mixed in some ten; a busy
# machine, with a queue in front, takes longer.
HEARD_MS, MADE_MS = 120_000, 240_000


@pytest.fixture
def mashup_page(signed_in: Page) -> Page:
    signed_in.get_by_role("link", name="Mashup").first.click()
    expect(signed_in.get_by_text("Drop one to four songs here")).to_be_visible()
    return signed_in


def drop(page: Page, songs: list[Path]) -> None:
    page.get_by_label("Add tracks").set_input_files(songs)
    rows = page.get_by_role("list", name="Tracks").get_by_role("listitem")
    expect(rows).to_have_count(len(songs))


def test_two_songs_become_a_mashup_to_hear_to_see_and_to_keep(
    mashup_page: Page, crate: list[Path], tmp_path: Path
) -> None:
    page = mashup_page
    drop(page, crate[:2])
    see_the_fit(page)
    choose(page)
    photograph(page, "7-mashup")
    page.get_by_role("button", name="Mash up").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="Both at once")).to_be_visible()
    player = page.get_by_role("slider", name="Position in the mashup")
    failed = page.get_by_text(FAILED)
    expect(player.or_(failed).first).to_be_visible(timeout=MADE_MS)
    assert player.is_visible(), page.get_by_test_id("stMain").inner_text()
    hear(page)
    read(page)
    photograph(page, "8-mashup-result")
    keep(page, tmp_path)
    find_it_again(page)


def see_the_fit(page: Page) -> None:
    """The songs are heard by themselves; then their fit is there: another singer, another fit."""
    fit = page.get_by_role("region", name=re.compile("^Fit: [0-9]+ of 100$"))
    expect(fit).to_be_visible(timeout=HEARD_MS)
    for part in ("Tempo", "Key", "Phrases", "Room", "Voice"):
        expect(fit.get_by_text(part, exact=True)).to_be_visible()
    who = fit.locator(".pair").inner_text()
    second = page.get_by_role("radiogroup", name="Who sings").get_by_role("radio")
    expect(second).to_have_count(3)
    best = second.nth(0).inner_text().removeprefix("Best fit: ")
    other = next(i for i in (1, 2) if second.nth(i).inner_text() != best)
    second.nth(other).click()
    expect(fit.locator(".pair")).not_to_have_text(who)
    second.nth(0).click()
    expect(fit.locator(".pair")).to_have_text(who)


def choose(page: Page) -> None:
    """A vibe by a press anywhere on its card, a title, a second format, the stems, the draft."""
    vibes = page.get_by_role("radiogroup", name="Vibe")
    expect(vibes.get_by_role("radio")).to_have_count(4)
    # forced, for the words themselves are under the button that all of the card is
    vibes.get_by_text("Bass to the front").click(force=True)
    expect(vibes.get_by_role("radio", name="Dark")).to_be_checked()
    title = page.get_by_label("Title", exact=True)
    title.fill("Both at once")
    title.press("Tab")
    page.get_by_role("button", name="FLAC").click()
    page.get_by_text("Its stems as files, too").click()
    choose_draft(page)
    expect(page.get_by_text("2 tracks, ready.")).to_be_visible()


def hear(page: Page) -> None:
    """A press on a section plays from there; the picture moves along."""
    sections = page.get_by_role("list", name="Sections").get_by_role("button")
    assert sections.count() >= 3
    sections.nth(1).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    position = page.get_by_role("slider", name="Position in the mashup")
    begun = int(position.get_attribute("aria-valuenow") or 0)
    # at least one whole second further, however slowly it began
    page.wait_for_function(
        "([bar, begun]) => Number(bar.getAttribute('aria-valuenow')) > begun",
        arg=[position.element_handle(), begun],
    )
    page.get_by_role("button", name="Pause").click()


def read(page: Page) -> None:
    """Who is heard when, why, the fit as measured on the stems, the vibe in figures."""
    expect(page.get_by_text(re.compile("Draft$")).first).to_be_visible()
    lanes = page.get_by_role("img", name=re.compile("^Arrangement: Intro"))
    expect(lanes).to_be_visible()
    said = lanes.get_attribute("aria-label") or ""
    assert "Vocals" in said
    assert "Drums" in said
    expect(page.get_by_text("Measured on the separated stems.")).to_be_visible()
    for label in ("Tempo", "Brightness", "Bass", "Dynamics", "Space", "Loudness", "True peak"):
        expect(page.get_by_test_id("stMetric").filter(has_text=label).first).to_be_visible()
    why = page.get_by_role("list", name="Arrangement").get_by_role("listitem")
    assert why.count() >= 3


def keep(page: Page, folder: Path) -> None:
    with page.expect_download() as mp3:
        page.get_by_role("link", name=re.compile("^MP3")).click()
    assert mp3.value.suggested_filename == "Both at once.mp3"
    assert len(saved(mp3.value, folder)) > 300_000  # 8 s at 320 kbit/s are that much
    with page.expect_download() as drums:
        page.get_by_role("link", name=re.compile("^Drums")).click()
    assert saved(drums.value, folder)[:4] == b"fLaC"


def find_it_again(page: Page) -> None:
    """A reload shows it again; so do the jobs, and the page's own list."""
    page.reload()
    expect(page.get_by_role("slider", name="Position in the mashup")).to_be_visible()
    page.get_by_role("button", name="Mash up other songs").click()
    page.get_by_role("button", name=re.compile("^Both at once")).click()
    expect(page.get_by_role("slider", name="Position in the mashup")).to_be_visible()


def test_of_more_than_four_songs_the_first_are_taken_until_others_are_picked(
    mashup_page: Page, crate: list[Path]
) -> None:
    page = mashup_page
    drop(page, [*crate, *crate][:5])  # two of a title are two songs
    page.get_by_text("I have read this.").click()
    picks = page.locator(".st-key-mashup_tracks_picked").get_by_role("button")
    expect(picks).to_have_count(5)
    expect(page.get_by_text("5 tracks: the first 4 are taken")).to_be_visible()
    expect(page.get_by_text("4 tracks, ready.")).to_be_visible()
    named = page.get_by_role("list", name="Tracks").locator("b").all_inner_texts()
    assert named == picks.all_inner_texts()
    assert named[3:] == [f"{named[0]} (2)", f"{named[1]} (2)"]  # as they were dropped
    picks.nth(4).click()
    expect(page.get_by_text("A mashup has at most 4 songs: pick fewer.")).to_be_visible()
    expect(page.get_by_role("button", name="Mash up")).to_be_disabled()
    picks.nth(0).click()
    expect(page.get_by_text("4 tracks, ready.")).to_be_visible()
    page.locator("[class*=st-key-mashup_take_off_]").nth(1).get_by_role("button").click()
    expect(picks).to_have_count(0)
    expect(page.get_by_text("4 tracks, ready.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Bring back what was taken off")).to_be_visible()
