"""Sounds in the browser: many dropped at once, of every kind, found, heard, looked at, deleted."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect

from backend.app.dsp.samples import Samples
from tests.sounds import SR, clicks, noise, silence, sine
from tests.ui.test_journey import photograph
from tests.ui.test_stems import AUDIBLE, EAR

KINDS = {"Style": "Stream", "Percussion": "Shaker", "Instrument": "Pad", "Voice": "Call"}
# A sound is measured within a second; five at once, on a machine with other work, take longer.
MEASURED_MS = 60_000


@pytest.fixture
def sounds_page(signed_in: Page) -> Page:
    page = signed_in
    page.add_init_script(EAR)
    page.reload()
    page.get_by_role("link", name="Sounds").first.click()
    expect(page.get_by_text("Drop sounds here: style")).to_be_visible()
    return page


def written(folder: Path, name: str, sound: Samples) -> Path:
    path = folder / f"{name}.wav"
    soundfile.write(path, sound.T, SR, subtype="PCM_16")
    return path


def bells() -> Samples:
    """Four strokes on A4, half a second apart, each dying away on its own."""
    stroke = sine(0.45, 440.0) * np.exp(-np.arange(round(0.45 * SR)) / (0.12 * SR))
    return np.tile(np.concatenate([stroke, silence(0.05)], axis=1), 4).astype(np.float32)


def drop(page: Page, kind: str, files: list[Path]) -> None:
    """Said of a kind, then dropped, all of them at once."""
    page.get_by_role("radiogroup", name="What are the next ones?").get_by_text(kind).click()
    expect(page.get_by_text(f"Drop sounds here: {kind.lower()}")).to_be_visible()
    page.get_by_label("Add sounds").set_input_files(files)


def row(page: Page, name: str) -> Locator:
    """A sound among the others: the words of one, and what can be done with it."""
    return page.locator("[class*='st-key-row_']").filter(has=page.get_by_text(name, exact=True))


def shown(page: Page, count: int) -> None:
    """So many sounds are listed."""
    listed = page.locator("[class*='st-key-row_']")
    expect(listed).to_have_count(count, timeout=MEASURED_MS)


def test_sounds_of_every_kind_are_dropped_found_heard_looked_at_and_deleted(
    sounds_page: Page, tmp_path: Path
) -> None:
    page = sounds_page
    expect(page.get_by_text("No sound yet.")).to_be_visible()
    photograph(page, "10-sounds-empty")
    style = [written(tmp_path, "Bells", bells())]
    style += [written(tmp_path, f"Stream {i}", noise(8.0, seed=i)) for i in (1, 2)]
    drop(page, "Style", style)
    shown(page, 3)
    drop(page, "Percussion", [written(tmp_path, "Shaker", clicks(2.0, 0.25))])
    shown(page, 4)
    drop(page, "Instrument", [written(tmp_path, "Pad", sine(5.0, 220.0))])
    shown(page, 5)
    drop(page, "Voice", [written(tmp_path, "Call", sine(0.8, 330.0))])
    shown(page, 6)
    find(page)
    hear(page)
    look_closer(page)
    photograph(page, "10-sounds")
    delete(page)


def find(page: Page) -> None:
    """By kind, by words of the name, and after a reload all the same."""
    which = page.get_by_role("radiogroup", name="Show")
    for kind, name in KINDS.items():
        which.get_by_text(re.compile(f"{kind} [0-9]+$")).click()
        shown(page, 3 if kind == "Style" else 1)
        expect(page.get_by_text(re.compile(f"^{name}")).first).to_be_visible()
    page.reload()
    shown(page, 6)
    find_by_name = page.get_by_label("Find by name")
    find_by_name.fill("stream")
    find_by_name.press("Enter")
    shown(page, 2)
    find_by_name.fill("nothing like it")
    find_by_name.press("Enter")
    expect(page.get_by_text("No sound of yours is like that.")).to_be_visible()
    find_by_name.fill("")
    find_by_name.press("Enter")
    shown(page, 6)
    # each player has its own place by now
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def hear(page: Page) -> None:
    """Each has a player; one is heard at a time."""
    page.get_by_role("button", name="Play Stream 1").click()
    page.wait_for_function(f"window.ear && window.level() > {AUDIBLE}")
    page.get_by_role("button", name="Play Pad").click()
    expect(page.get_by_role("button", name="Pause Pad")).to_be_visible()
    expect(page.get_by_role("button", name="Pause Stream 1")).to_have_count(0)


def look_closer(page: Page) -> None:
    """Waveform, onsets, pitch and length are those of the sound; a press plays from there."""
    bell = row(page, "Bells")
    bell.get_by_role("button", name="Look closer").click()
    expect(bell.get_by_text("4 onsets")).to_be_visible()
    figures = bell.get_by_test_id("stMetric")
    expect(figures.filter(has_text="Pitch")).to_contain_text("A4")
    expect(figures.filter(has_text="Length")).to_contain_text("2.00 s")
    position = bell.get_by_role("slider", name="Position in the sound")
    expect(position.locator("path.wave")).to_have_count(1)
    expect(position.locator("line.onset")).to_have_count(4)
    box = position.bounding_box()
    assert box is not None
    position.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(position).to_have_attribute("aria-valuenow", "2.00")  # it stopped by itself
    # where half of the picture is, give or take two pixels of some eight hundred
    assert page.evaluate("window.starts.at(-1)[1]") == pytest.approx(1.0, abs=0.005)
    position.press("Home")
    expect(position).to_have_attribute("aria-valuenow", "0.00")


def delete(page: Page) -> None:
    """Asked twice, and only that one."""
    row(page, "Shaker").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("What already uses it keeps it.")).to_be_visible()
    page.keyboard.press("Escape")
    shown(page, 6)
    row(page, "Shaker").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    shown(page, 5)
    expect(page.get_by_text("Shaker", exact=True)).to_have_count(0)


def test_each_file_that_is_no_sound_is_refused_by_its_own_words(
    sounds_page: Page, tmp_path: Path
) -> None:
    page = sounds_page
    letter = tmp_path / "letter.mp3"
    letter.write_bytes(b"not a sound at all" * 200)
    files = [
        written(tmp_path, "Good", clicks(1.0, 0.25)),
        letter,
        written(tmp_path, "Nothing", silence(2.0)),
        written(tmp_path, "Blink", sine(0.02, 440.0)),
        written(tmp_path, "Endless", noise(61.0, seed=3)),
    ]
    drop(page, "Percussion", files)
    shown(page, 1)
    expect(page.get_by_text("4 not accepted")).to_be_visible(timeout=MEASURED_MS)
    refused = page.get_by_role("list", name="Uploads").get_by_role("listitem")
    expect(refused).to_have_count(4)
    said = [" ".join(one.locator(".why, .what").all_inner_texts()) for one in refused.all()]
    assert len(set(said)) == 4, said
    assert all(len(words) > 30 for words in said), said  # what is wrong, and what to do about it
    photograph(page, "11-sounds-refused")
    for name in ("letter.mp3", "Nothing.wav", "Blink.wav", "Endless.wav"):
        page.get_by_role("button", name=f"Remove {name}").click()
    expect(page.get_by_text("not accepted")).to_have_count(0)
    shown(page, 1)
