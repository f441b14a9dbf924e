"""Stems in the browser: separate, play, mix, save."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, Route, expect

from tests.ui.clicks import go_to
from tests.ui.test_journey import check_layout, saved

# The draft of twenty seconds takes one; a busy machine with a queue takes longer.
SEPARATED_MS = 120_000
NAMES = ("Drums", "Bass", "Other", "Vocals")
# RMS above which a stem is audible; muted stems and stopped players measure zero.
AUDIBLE = 1e-4

# Records when each source starts, and measures the level of the output.
LISTENER = """
window.starts = [];
const { start } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function (...args) {
  window.starts.push(args);
  return start.apply(this, args);
};
const { connect } = AudioNode.prototype;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to === this.context.destination) {
    if (window.listener?.context !== this.context)
      window.listener = new AnalyserNode(this.context, { fftSize: 32768 });
    connect.call(this, window.listener);
  }
  return connect.call(this, to, ...rest);
};
window.level = () => {
  const samples = new Float32Array(window.listener.fftSize);
  window.listener.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
};
"""


@pytest.fixture
def stems_page(signed_in: Page) -> Page:
    page = signed_in
    page.add_init_script(LISTENER)
    page.reload()
    go_to(page, "Stems")
    expect(page.get_by_text("Drop your songs here")).to_be_visible()
    return page


def test_song_is_separated_mixed_and_saved(
    stems_page: Page, crate: list[Path], tmp_path: Path
) -> None:
    page = stems_page
    player = separate(page, crate[0])
    check_layout(page, "6-stems")
    play(page, player)
    mix_by_keys(page, player)
    download_a_stem(page, player, tmp_path)
    save_the_mix(page, player, tmp_path)
    find_it_among_the_jobs(page)


def separate(page: Page, song: Path) -> Locator:
    """Separate a song with the draft; the page shows the progress and the result."""
    page.get_by_label("Add tracks").set_input_files(song)
    expect(page.get_by_role("list", name="Tracks").get_by_role("listitem")).to_have_count(1)
    choose_draft(page)
    page.get_by_role("button", name="Separate").click()
    player = page.get_by_role("group", name=re.compile("^Stems of "))
    expect(player).to_be_visible(timeout=SEPARATED_MS)
    expect(player.get_by_text("Draft", exact=True)).to_be_visible()
    return player


def choose_draft(page: Page) -> None:
    page.get_by_role("combobox", name="Separator").click()
    page.get_by_role("option", name=re.compile("^Draft")).click()
    expect(page.get_by_text("There is bleed")).to_be_visible()


def play(page: Page, player: Locator) -> None:
    """Check that all stems start at the same sample, even after a token expired.

    Muted stems are silent.
    """
    refused = refuse_once(page)
    player.get_by_role("button", name="Play", exact=True).click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function(f"window.level() > {AUDIBLE}")
    assert len(refused) == 1
    starts = page.evaluate("window.starts")
    assert len(starts) == len(NAMES)
    assert len({tuple(one) for one in starts}) == 1
    for name in NAMES:
        player.get_by_role("button", name=f"Mute {name}").click()
    page.wait_for_function(f"window.level() < {AUDIBLE}")
    player.get_by_role("button", name="Save this mix").click()
    expect(player.get_by_text("Every stem is muted")).to_be_visible()
    player.get_by_role("button", name="Reset").click()
    page.wait_for_function(f"window.level() > {AUDIBLE}")
    seek(player.get_by_role("slider", name="Position in the song"))
    player.get_by_role("button", name="Pause").click()


def refuse_once(page: Page) -> list[str]:
    """Refuse the next stem file as if the token had expired; return its address."""
    refused: list[str] = []
    origin = page.url.partition("/stems")[0]

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=401, headers={"Access-Control-Allow-Origin": origin})

    page.route("**/artifacts/stems/**", refuse, times=1)
    return refused


def seek(position: Locator) -> None:
    """A click in the middle seeks to the middle."""
    box = position.bounding_box()
    assert box is not None
    position.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    # Half of twenty seconds, plus the time since the click.
    expect(position).to_have_attribute("aria-valuetext", re.compile("^0:1[012]$"))


def mix_by_keys(page: Page, player: Locator) -> None:
    """Keyboard control by space, digits and arrows; faders work as sliders."""
    player.get_by_role("slider", name="Position in the song").focus()
    page.keyboard.press("Home")
    expect(player.get_by_text(re.compile("^0:00 / "))).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(player.get_by_text(re.compile("^0:05 / "))).to_be_visible()
    page.keyboard.press("1")
    expect(player.get_by_role("button", name="Mute Drums")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("Shift+Digit4")
    expect(player.get_by_role("button", name="Solo Vocals")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(player.get_by_role("group", name="Bass")).to_contain_text("not in solo")
    page.keyboard.press("Shift+Digit4")
    # A click on a waveform removes the focus, but the keys still control the player.
    player.get_by_role("group", name="Bass").locator(".stage").click()
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    fader = player.get_by_role("slider", name="Volume of Vocals")
    for _ in range(6):
        fader.press("ArrowLeft")
    expect(player.get_by_role("group", name="Vocals")).to_contain_text("−3.0 dB")


def download_a_stem(page: Page, player: Locator, folder: Path) -> None:
    with page.expect_download() as stem:
        player.get_by_role("button", name="Download Bass").click()
    assert stem.value.suggested_filename.endswith(".flac")
    assert len(sound_of(saved(stem.value, folder), folder)) > 0


def save_the_mix(page: Page, player: Locator, folder: Path) -> None:
    """The saved mix has no drums, and vocals 3 dB lower."""
    player.get_by_role("combobox", name="File format of the mix").select_option("flac")
    player.get_by_role("button", name="Save this mix").click()
    expect(player.get_by_text("Saving the mix. It appears below the stems")).to_be_visible()
    expect(page.get_by_text("Bass, Other, Vocals −3.0 dB")).to_be_visible()
    link = page.get_by_role("link", name=re.compile("^FLAC"))
    expect(link).to_be_visible(timeout=SEPARATED_MS)
    check_layout(page, "7-stem-mix")
    with page.expect_download() as mix:
        link.click()
    sound = sound_of(saved(mix.value, folder), folder)
    assert np.sqrt(np.mean(sound**2)) > AUDIBLE


def sound_of(data: bytes, folder: Path) -> np.ndarray:
    """The samples of a downloaded file; fails for other content."""
    path = folder / "download"
    path.write_bytes(data)
    sound, _ = soundfile.read(path)
    return np.asarray(sound)


def find_it_among_the_jobs(page: Page) -> None:
    go_to(page, "Jobs")
    expect(page.get_by_role("heading", name=re.compile("^Stems of "))).to_be_visible()
    for result in ("stem mix", "stems"):  # both are on the page of the stems
        page.get_by_role("button", name=f"Open the {result}", exact=True).first.click()
        expect(page.get_by_role("link", name=re.compile("^FLAC"))).to_be_visible()
        go_to(page, "Jobs")


def test_bad_file_is_refused(stems_page: Page, tmp_path: Path) -> None:
    page = stems_page
    bad = tmp_path / "holiday.mp3"
    bad.write_bytes(b"not a sound at all" * 200)
    page.get_by_label("Add tracks").set_input_files(bad)
    expect(page.get_by_text("1 failed")).to_be_visible()
    expect(page.get_by_role("button", name="Separate")).to_be_disabled()
    expect(page.get_by_text("Drop at least one song first.")).to_be_visible()
