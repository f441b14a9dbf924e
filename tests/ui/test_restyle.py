"""A song re-played by sounds, in the browser: chosen stem by stem, watched, heard twice, kept."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect

from tests.sounds import SR, noise
from tests.ui.test_journey import FAILED, photograph, saved
from tests.ui.test_stems import AUDIBLE, EAR, choose_draft, sound_of

# Twenty seconds are taken apart, re-played and mixed in some ten; a busy machine, with a queue
# in front, takes longer.
MADE_MS = 240_000


@pytest.fixture
def restyle_page(signed_in: Page) -> Page:
    page = signed_in
    page.add_init_script(EAR)
    page.reload()
    page.get_by_role("link", name="Restyle").first.click()
    expect(page.get_by_text("Drop a song here")).to_be_visible()
    return page


@pytest.fixture
def rain(tmp_path: Path) -> Path:
    """Drops: short bursts of noise, each of its own level and length."""
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


def test_a_song_is_replayed_with_a_sound_heard_before_and_after_and_kept(
    restyle_page: Page, crate: list[Path], rain: Path, tmp_path: Path
) -> None:
    page = restyle_page
    page.get_by_label("Add tracks").set_input_files(crate[1])
    expect(page.get_by_role("list", name="Tracks").get_by_role("listitem")).to_have_count(1)
    choose_draft(page)
    bring_a_sound(page, rain)
    choose(page)
    photograph(page, "12-restyle")
    page.get_by_role("button", name="Restyle", exact=True).click()
    watch(page)
    hear_both(page)
    read(page)
    photograph(page, "13-restyle-result")
    keep(page, tmp_path)
    find_it_again(page)


def bring_a_sound(page: Page, rain: Path) -> None:
    """Without one there is nothing to re-play a stem with; the page leads to where they go."""
    expect(page.get_by_text("You have no sound yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Restyle", exact=True)).to_be_disabled()
    see_all_of_its_words(page.get_by_role("link", name="Drop some sounds"))
    page.get_by_role("link", name="Drop some sounds").click()
    expect(page.get_by_text("Drop sounds here: style")).to_be_visible()
    page.get_by_label("Add sounds").set_input_files(rain)
    expect(page.get_by_text("Rain", exact=True)).to_be_visible()
    page.get_by_role("link", name="Restyle").first.click()
    expect(page.get_by_role("list", name="Tracks").get_by_role("listitem")).to_have_count(1)


def see_all_of_its_words(link: Locator) -> None:
    """On a laptop's screen nothing of it is cut off."""
    link.page.set_viewport_size({"width": 1280, "height": 800})
    cut_off = """link => [link, ...link.querySelectorAll("*")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth).length"""
    assert link.evaluate(cut_off) == 0


def choose(page: Page) -> None:
    """Drums of rain, no voice, the rest as it is; long grains; a name."""
    expect(page.get_by_text("Choose a sound for at least one stem.")).to_be_visible()
    way(page, "drums").get_by_text("Re-played").click()
    sound = page.get_by_role("combobox", name="Sound for drums")
    expect(sound).to_be_visible()
    expect(page.get_by_text("Choose a sound for drums.")).to_be_visible()
    sound.click()
    page.get_by_role("option", name=re.compile("^Rain")).click()
    page.get_by_role("button", name="Play Rain").click()
    page.wait_for_function(f"window.ear && window.level() > {AUDIBLE}")
    way(page, "vocals").get_by_text("Left out").click()
    expect(page.get_by_role("slider", name="Volume of vocals")).to_have_count(0)
    title = page.get_by_label("Title", exact=True)
    title.fill("Played by rain")
    title.press("Tab")
    page.get_by_role("radiogroup", name="Files").get_by_text("FLAC").click()
    expect(page.get_by_text("Ready.", exact=True)).to_be_visible()


def way(page: Page, stem: str) -> Locator:
    return page.get_by_role("radiogroup", name=f"What becomes of {stem}")


def watch(page: Page) -> None:
    """Step by step, after a reload too, to the end."""
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="Played by rain")).to_be_visible()
    expect(page.get_by_text("Taking the songs apart").first).to_be_visible()
    page.reload()
    before = page.get_by_role("button", name="Before").first
    failed = page.get_by_text(FAILED)
    expect(before.or_(failed).first).to_be_visible(timeout=MADE_MS)
    assert before.is_visible(), page.get_by_test_id("stMain").inner_text()


def hear_both(page: Page) -> None:
    """The whole song before and after, in step: a press changes sides and keeps the place."""
    sides = page.get_by_role("group", name=re.compile("^What is heard of ")).first
    expect(sides.get_by_role("button", name="After")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=re.compile("^Play ")).first.click()
    page.wait_for_function(f"window.ear && window.level() > {AUDIBLE}")
    sides.get_by_role("button", name="Before").click()
    expect(sides.get_by_role("button", name="Before")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(f"window.level() > {AUDIBLE}")
    page.get_by_role("button", name=re.compile("^Pause ")).first.click()
    starts = page.evaluate("window.starts.slice(-2)")
    assert starts[0] == starts[1]  # both at one sample, from one place


def read(page: Page) -> None:
    """What became of each stem, and what was measured of the one that was re-played."""
    expect(
        page.get_by_text(re.compile("Re-played with [0-9]+ different grains of Rain, [0-9]+ times"))
    ).to_be_visible()
    expect(page.get_by_text(re.compile("As it was$")).first).to_be_visible()
    for label in ("Onsets", "Loudness", "Length", "True peak"):
        expect(page.get_by_test_id("stMetric").filter(has_text=label).first).to_be_visible()
    expect(page.get_by_text(re.compile("^Played by Rain · 0:"))).to_be_visible()


def keep(page: Page, folder: Path) -> None:
    """The mix and a file a stem, under the restyle's name; the stem is not the one it was."""
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
    """Among the page's own, and among the jobs."""
    page.get_by_role("button", name="Restyle another song").click()
    page.get_by_role("button", name=re.compile("^Played by rain")).click()
    expect(page.get_by_role("button", name="Before").first).to_be_visible()
    page.get_by_role("link", name="Jobs").first.click()
    page.get_by_role("button", name="Open the restyle").click()
    expect(page.get_by_role("button", name="Before").first).to_be_visible()
