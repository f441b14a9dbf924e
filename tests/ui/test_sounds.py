"""Sounds in the browser: upload, find, play, details, delete."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect

from backend.app.dsp.samples import Samples
from tests.sounds import SR, clicks, noise, silence, sine
from tests.ui.clicks import go_to
from tests.ui.test_journey import check_layout
from tests.ui.test_stems import AUDIBLE, LISTENER

KINDS = {"Style": "Stream", "Percussion": "Shaker", "Instrument": "Pad", "Vocal": "Call"}
# A sound is measured within a second; five at once on a busy machine take longer.
MEASURED_MS = 60_000


@pytest.fixture
def sounds_page(signed_in: Page) -> Page:
    page = signed_in
    page.add_init_script(LISTENER)
    page.reload()
    go_to(page, "Sounds")
    expect(page.get_by_text("Choose what you want to add:")).to_be_visible()
    return page


def written(folder: Path, name: str, sound: Samples) -> Path:
    path = folder / f"{name}.wav"
    soundfile.write(path, sound.T, SR, subtype="PCM_16")
    return path


def bells() -> Samples:
    """Four strokes on A4, half a second apart, each with its own decay."""
    stroke = sine(0.45, 440.0) * np.exp(-np.arange(round(0.45 * SR)) / (0.12 * SR))
    return np.tile(np.concatenate([stroke, silence(0.05)], axis=1), 4).astype(np.float32)


def drop(page: Page, kind: str, files: list[Path]) -> None:
    """Choose a kind, then drop files."""
    page.get_by_role("radiogroup", name="Kind of the sounds to add").get_by_text(kind).click()
    expect(page.get_by_text(re.compile(f"^Drop {kind.lower()}"))).to_be_visible()
    page.get_by_label("Add sounds").set_input_files(files)


def row(page: Page, name: str) -> Locator:
    """The row of a sound."""
    return page.locator("[class*='st-key-row_']").filter(has=page.get_by_text(name, exact=True))


def expect_sounds(page: Page, count: int) -> None:
    """Expect a number of listed sounds."""
    listed = page.locator("[class*='st-key-row_']")
    expect(listed).to_have_count(count, timeout=MEASURED_MS)


def test_sounds_are_added_found_played_and_deleted(sounds_page: Page, tmp_path: Path) -> None:
    page = sounds_page
    expect(page.get_by_text("No sounds yet.")).to_be_visible()
    check_layout(page, "10-sounds-empty")
    style = [written(tmp_path, "Bells", bells())]
    style += [written(tmp_path, f"Stream {i}", noise(8.0, seed=i)) for i in (1, 2)]
    drop(page, "Style", style)
    expect_sounds(page, 3)
    drop(page, "Percussion", [written(tmp_path, "Shaker", clicks(2.0, 0.25))])
    expect_sounds(page, 4)
    drop(page, "Instrument", [written(tmp_path, "Pad", sine(5.0, 220.0))])
    expect_sounds(page, 5)
    drop(page, "Vocal", [written(tmp_path, "Call", sine(0.8, 330.0))])
    expect_sounds(page, 6)
    find(page)
    play(page)
    open_details(page)
    check_layout(page, "10-sounds")
    delete(page)


def find(page: Page) -> None:
    """Find sounds by kind and by name, after a reload, too."""
    which = page.get_by_role("radiogroup", name="Show")
    for kind, name in KINDS.items():
        which.get_by_text(re.compile(f"{kind} [0-9]+$")).click()
        expect_sounds(page, 3 if kind == "Style" else 1)
        expect(page.get_by_text(re.compile(f"^{name}")).first).to_be_visible()
    page.reload()
    expect_sounds(page, 6)
    find_by_name = page.get_by_label("Find by name")
    find_by_name.fill("stream")
    find_by_name.press("Enter")
    expect_sounds(page, 2)
    find_by_name.fill("nothing like it")
    find_by_name.press("Enter")
    expect(page.get_by_text("No matching sounds.")).to_be_visible()
    find_by_name.fill("")
    find_by_name.press("Enter")
    expect_sounds(page, 6)
    # Wait until the players have their final positions.
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def play(page: Page) -> None:
    """One sound plays at a time."""
    page.get_by_role("button", name="Play Stream 1").click()
    page.wait_for_function(f"window.listener && window.level() > {AUDIBLE}")
    page.get_by_role("button", name="Play Pad").click()
    expect(page.get_by_role("button", name="Pause Pad")).to_be_visible()
    expect(page.get_by_role("button", name="Pause Stream 1")).to_have_count(0)


def open_details(page: Page) -> None:
    """Check waveform, onsets, pitch and length of the sound; a click plays from there."""
    bell = row(page, "Bells")
    bell.get_by_role("button", name="Details").click()
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
    expect(position).to_have_attribute("aria-valuenow", "2.00")  # the sound has played to its end
    # The middle of the picture, plus or minus two pixels of about eight hundred.
    assert page.evaluate("window.starts.at(-1)[1]") == pytest.approx(1.0, abs=0.005)
    position.press("Home")
    expect(position).to_have_attribute("aria-valuenow", "0.00")


def delete(page: Page) -> None:
    """A sound is deleted only after the confirmation."""
    row(page, "Shaker").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Mixes and restyles that use it stay as they are.")).to_be_visible()
    page.keyboard.press("Escape")
    expect_sounds(page, 6)
    row(page, "Shaker").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete permanently").click()
    expect_sounds(page, 5)
    expect(page.get_by_text("Shaker", exact=True)).to_have_count(0)


def test_each_bad_file_has_its_own_error(sounds_page: Page, tmp_path: Path) -> None:
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
    expect_sounds(page, 1)
    expect(page.get_by_text("4 failed")).to_be_visible(timeout=MEASURED_MS)
    refused = page.get_by_role("list", name="Uploads").get_by_role("listitem")
    expect(refused).to_have_count(4)
    errors = [" ".join(one.locator(".why, .what").all_inner_texts()) for one in refused.all()]
    assert len(set(errors)) == 4, errors
    assert all(len(text) > 30 for text in errors), errors  # message and hint together
    check_layout(page, "11-sounds-refused")
    for name in ("letter.mp3", "Nothing.wav", "Blink.wav", "Endless.wav"):
        page.get_by_role("button", name=f"Remove {name}").click()
    expect(page.get_by_text("4 failed")).to_have_count(0)
    expect_sounds(page, 1)
