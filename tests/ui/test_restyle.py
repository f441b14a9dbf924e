"""A restyle in the browser: a sound, styles for stems, before and after."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect

from tests.sounds import SR, noise
from tests.ui.clicks import go_to
from tests.ui.test_journey import FAILED, check_layout, saved
from tests.ui.test_stems import AUDIBLE, LISTENER, choose_draft, sound_of

# Twenty seconds of music take about ten; a busy machine with a queue takes longer.
MADE_MS = 240_000


@pytest.fixture
def restyle_page(signed_in: Page) -> Page:
    page = signed_in
    page.add_init_script(LISTENER)
    page.reload()
    go_to(page, "Restyle")
    expect(page.get_by_text("Drop a song here")).to_be_visible()
    return page


@pytest.fixture
def rain(tmp_path: Path) -> Path:
    """Rain: short bursts of noise of different levels and lengths."""
    rng = np.random.default_rng(11)
    sound = 1e-3 * noise(3.0, seed=1, rms_db=0.0)
    for at in rng.uniform(0.0, 2.7, 30):
        length = int(rng.uniform(0.04, 0.2) * SR)
        drop = noise(length / SR, seed=int(at * 1e6), rms_db=rng.uniform(-24, -12))
        start = round(at * SR)
        sound[:, start : start + length] += drop * np.exp(-np.arange(length) / (0.2 * length))
    path = tmp_path / "Rain.wav"
    soundfile.write(path, sound.T, SR, subtype="PCM_16")
    return path


def test_song_is_restyled_with_a_sound(
    restyle_page: Page, crate: list[Path], rain: Path, tmp_path: Path
) -> None:
    page = restyle_page
    page.get_by_label("Add tracks").set_input_files(crate[1])
    expect(page.get_by_role("list", name="Tracks").get_by_role("listitem")).to_have_count(1)
    choose_draft(page)
    add_a_sound(page, rain)
    choose(page)
    check_layout(page, "12-restyle")
    page.get_by_role("button", name="Create restyle", exact=True).click()
    follow(page)
    play_both(page)
    read(page)
    check_layout(page, "13-restyle-result")
    download(page, tmp_path)
    find_it_again(page)


def add_a_sound(page: Page, rain: Path) -> None:
    """Without a sound the page links to the Sounds page."""
    expect(page.get_by_text("No sounds yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Create restyle", exact=True)).to_be_disabled()
    expect_whole_text(page.get_by_role("link", name="Add sounds"))
    page.get_by_role("link", name="Add sounds").click()
    expect(page.get_by_text("Drop style sounds here")).to_be_visible()
    page.get_by_label("Add sounds").set_input_files(rain)
    expect(page.get_by_text("Rain", exact=True)).to_be_visible()
    go_to(page, "Restyle")
    expect(page.get_by_role("list", name="Tracks").get_by_role("listitem")).to_have_count(1)


def expect_whole_text(link: Locator) -> None:
    """Expect that no text is cut off on a laptop's screen."""
    link.page.set_viewport_size({"width": 1280, "height": 800})
    cut_off = """link => [link, ...link.querySelectorAll("*")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth).length"""
    assert link.evaluate(cut_off) == 0


def choose(page: Page) -> None:
    """Choose drums of rain, no vocals, the other stems original; a title and a format."""
    expect(page.get_by_text("Choose a sound for at least one stem.")).to_be_visible()
    style(page, "drums").get_by_text("Replay").click()
    sound = page.get_by_role("combobox", name="Sound for drums")
    expect(sound).to_be_visible()
    expect(page.get_by_text("Choose a sound for drums.")).to_be_visible()
    sound.click()
    page.get_by_role("option", name=re.compile("^Rain")).click()
    page.get_by_role("button", name="Play Rain").click()
    page.wait_for_function(f"window.listener && window.level() > {AUDIBLE}")
    style(page, "vocals").get_by_text("Leave out").click()
    expect(page.get_by_role("slider", name="Volume of vocals")).to_have_count(0)
    title = page.get_by_label("Title", exact=True)
    title.fill("Played by rain")
    title.press("Tab")
    page.get_by_role("radiogroup", name="File format").get_by_text("FLAC").click()
    expect(page.get_by_text("Ready.", exact=True)).to_be_visible()


def style(page: Page, stem: str) -> Locator:
    return page.get_by_role("radiogroup", name=f"Style of {stem}")


def follow(page: Page) -> None:
    """Show the job's progress until it ends, also after the page is reloaded."""
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="Played by rain")).to_be_visible()
    expect(page.get_by_text("Separating the stems").first).to_be_visible()
    page.reload()
    before = page.get_by_role("button", name="Before").first
    failed = page.get_by_text(FAILED)
    expect(before.or_(failed).first).to_be_visible(timeout=MADE_MS)
    assert before.is_visible(), page.get_by_test_id("stMain").inner_text()


def play_both(page: Page) -> None:
    """Play both versions at the same position; a button switches between them."""
    sides = page.get_by_role("group", name=re.compile("^Version of ")).first
    expect(sides.get_by_role("button", name="After")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=re.compile("^Play ")).first.click()
    page.wait_for_function(f"window.listener && window.level() > {AUDIBLE}")
    sides.get_by_role("button", name="Before").click()
    expect(sides.get_by_role("button", name="Before")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(f"window.level() > {AUDIBLE}")
    page.get_by_role("button", name=re.compile("^Pause ")).first.click()
    starts = page.evaluate("window.starts.slice(-2)")
    assert starts[0] == starts[1]  # both start at the same sample and position


def read(page: Page) -> None:
    """What was done to each stem, and its measurements."""
    expect(
        page.get_by_text(re.compile("Replayed with [0-9]+ different grains of Rain, [0-9]+ times"))
    ).to_be_visible()
    expect(page.get_by_text(re.compile("Original$")).first).to_be_visible()
    expect(page.get_by_text(re.compile("onsets unchanged .*, loudness follows"))).to_be_visible()
    page.get_by_text("Measurements", exact=True).click()
    for label in ("Length", "Loudness", "True peak"):
        expect(page.get_by_test_id("stMetric").filter(has_text=label).first).to_be_visible()
    expect(page.get_by_text(re.compile("^Played by Rain · 0:"))).to_be_visible()


def download(page: Page, folder: Path) -> None:
    """Download the mix and the stems, named after the restyle; the stem has changed."""
    with page.expect_download() as mix:
        page.get_by_role("link", name=re.compile("^FLAC")).click()
    assert mix.value.suggested_filename.startswith("Played by rain")
    assert np.sqrt(np.mean(sound_of(saved(mix.value, folder), folder) ** 2)) > AUDIBLE
    drums = []
    for name in (r"^Drums · ", "^Drums, before"):
        with page.expect_download() as stem:
            page.get_by_role("link", name=re.compile(name)).click()
        drums.append(sound_of(saved(stem.value, folder), folder))
    assert drums[0].shape == drums[1].shape
    assert not np.allclose(drums[0], drums[1], atol=AUDIBLE)


def find_it_again(page: Page) -> None:
    """Open it from the recent restyles and from the jobs."""
    page.get_by_role("button", name="New restyle").click()
    page.get_by_role("button", name=re.compile("^Played by rain")).click()
    expect(page.get_by_role("button", name="Before").first).to_be_visible()
    go_to(page, "Jobs")
    page.get_by_role("button", name="Open the restyle").click()
    expect(page.get_by_role("button", name="Before").first).to_be_visible()
