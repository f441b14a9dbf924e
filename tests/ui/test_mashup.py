"""A mashup in the browser: songs, vibe, fit, result."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.clicks import go_to
from tests.ui.test_journey import FAILED, check_layout, saved
from tests.ui.test_stems import choose_draft

# Two songs of twenty seconds take about ten seconds; a busy machine with a queue takes longer.
ANALYSED_MS, MADE_MS = 120_000, 240_000


@pytest.fixture
def mashup_page(signed_in: Page) -> Page:
    go_to(signed_in, "Mashup")
    expect(signed_in.get_by_text("Drop one to four songs here")).to_be_visible()
    return signed_in


def drop(page: Page, songs: list[Path]) -> None:
    page.get_by_label("Add tracks").set_input_files(songs)
    rows = page.get_by_role("list", name="Tracks").get_by_role("listitem")
    expect(rows).to_have_count(len(songs))


def test_two_songs_become_a_mashup(mashup_page: Page, crate: list[Path], tmp_path: Path) -> None:
    page = mashup_page
    drop(page, crate[:2])
    check_the_fit(page)
    choose(page)
    check_layout(page, "7-mashup")
    page.get_by_role("button", name="Create mashup").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="Both at once")).to_be_visible()
    player = page.get_by_role("slider", name="Position in the mashup")
    failed = page.get_by_text(FAILED)
    expect(player.or_(failed).first).to_be_visible(timeout=MADE_MS)
    assert player.is_visible(), page.get_by_test_id("stMain").inner_text()
    play(page)
    read(page)
    check_layout(page, "8-mashup-result")
    download(page, tmp_path)
    find_it_again(page)


def check_the_fit(page: Page) -> None:
    """The fit appears after the analysis, and changes with the singer."""
    fit = page.get_by_role("region", name=re.compile("^Fit: [0-9]+ of 100$"))
    expect(fit).to_be_visible(timeout=ANALYSED_MS)
    for part in ("Tempo", "Key", "Phrases", "Vocal space", "Vocals"):
        expect(fit.get_by_text(part, exact=True)).to_be_visible()
    second = page.get_by_role("radiogroup", name="Who sings").get_by_role("radio")
    expect(second).to_have_count(3)
    # The first song is analysed before the second; until then, the fit is that of one song alone.
    expect(fit.locator(".pair")).to_contain_text(" over ")
    who = fit.locator(".pair").inner_text()
    best = second.nth(0).inner_text().removeprefix("Best fit: ")
    other = next(i for i in (1, 2) if second.nth(i).inner_text() != best)
    second.nth(other).click()
    expect(fit.locator(".pair")).not_to_have_text(who)
    second.nth(0).click()
    expect(fit.locator(".pair")).to_have_text(who)


def choose(page: Page) -> None:
    """Choose a vibe by a click on its card, a title, a second format, stems, the draft."""
    vibes = page.get_by_role("radiogroup", name="Vibe")
    expect(vibes.get_by_role("radio")).to_have_count(4)
    # Forced, because the clickable card covers the text.
    vibes.get_by_text("Loud bass").click(force=True)
    expect(vibes.get_by_role("radio", name="Dark")).to_be_checked()
    title = page.get_by_label("Title", exact=True)
    title.fill("Both at once")
    title.press("Tab")
    page.get_by_role("button", name="FLAC").click()
    page.get_by_text("Include stems").click()
    choose_draft(page)
    expect(page.get_by_text("2 tracks, ready.")).to_be_visible()


def play(page: Page) -> None:
    """A section plays when it is clicked."""
    sections = page.get_by_role("list", name="Sections").get_by_role("button")
    assert sections.count() >= 3
    sections.nth(1).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    position = page.get_by_role("slider", name="Position in the mashup")
    start_s = int(position.get_attribute("aria-valuenow") or 0)
    # At least one second further, even after a slow start.
    page.wait_for_function(
        "([bar, start_s]) => Number(bar.getAttribute('aria-valuenow')) > start_s",
        arg=[position.element_handle(), start_s],
    )
    page.get_by_role("button", name="Pause").click()


def read(page: Page) -> None:
    """Check lanes, reasons, the fit measured on stems, and the measurements."""
    expect(page.get_by_text(re.compile("Draft$")).first).to_be_visible()
    lanes = page.get_by_role("img", name=re.compile("^Arrangement: Intro"))
    expect(lanes).to_be_visible()
    label = lanes.get_attribute("aria-label") or ""
    assert "Vocals" in label
    assert "Drums" in label
    expect(page.get_by_text("Measured on the separated stems.")).to_be_visible()
    page.get_by_text("Measurements", exact=True).click()
    for metric in ("Tempo", "Brightness", "Bass", "Dynamics", "Reverb", "Loudness", "True peak"):
        expect(page.get_by_test_id("stMetric").filter(has_text=metric).first).to_be_visible()
    page.get_by_text("Arrangement, part by part").click()
    why = page.get_by_role("list", name="Arrangement").get_by_role("listitem")
    expect(why.nth(2)).to_be_visible()


def download(page: Page, folder: Path) -> None:
    with page.expect_download() as mp3:
        page.get_by_role("link", name=re.compile("^MP3")).click()
    assert mp3.value.suggested_filename == "Both at once.mp3"
    assert len(saved(mp3.value, folder)) > 300_000  # 8 s at 320 kbit/s are that much
    with page.expect_download() as drums:
        page.get_by_role("link", name=re.compile("^Drums")).click()
    assert saved(drums.value, folder)[:4] == b"fLaC"


def find_it_again(page: Page) -> None:
    """Open the mashup after a reload, and from the page's recent mashups."""
    page.reload()
    expect(page.get_by_role("slider", name="Position in the mashup")).to_be_visible()
    page.get_by_role("button", name="New mashup").click()
    page.get_by_role("button", name=re.compile("^Both at once")).click()
    expect(page.get_by_role("slider", name="Position in the mashup")).to_be_visible()


def test_first_four_songs_are_picked_until_changed(mashup_page: Page, crate: list[Path]) -> None:
    page = mashup_page
    drop(page, [*crate, *crate][:5])  # titles may repeat
    page.get_by_text("I have read this.").click()
    picks = page.locator(".st-key-mashup_tracks_picked").get_by_role("button")
    expect(picks).to_have_count(5)
    expect(page.get_by_text("The first 4 of 5 tracks are used")).to_be_visible()
    expect(page.get_by_text("4 tracks, ready.")).to_be_visible()
    named = page.get_by_role("list", name="Tracks").locator("b").all_inner_texts()
    assert named == picks.all_inner_texts()
    assert named[3:] == [f"{named[0]} (2)", f"{named[1]} (2)"]  # in the order of dropping
    picks.nth(4).click()
    expect(page.get_by_text("A mashup has at most 4 songs: pick fewer.")).to_be_visible()
    expect(page.get_by_role("button", name="Create mashup")).to_be_disabled()
    picks.nth(0).click()
    expect(page.get_by_text("4 tracks, ready.")).to_be_visible()
    page.locator("[class*=st-key-mashup_remove_]").nth(1).get_by_role("button").click()
    expect(picks).to_have_count(0)
    expect(page.get_by_text("4 tracks, ready.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Restore removed tracks")).to_be_visible()
