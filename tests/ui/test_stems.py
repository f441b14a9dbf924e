"""Songs taken apart in the browser: dropped, heard stem by stem, mixed anew and kept."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, Route, expect

from tests.ui.test_journey import photograph, saved

# Twenty seconds are a draft in one; a busy machine, with a queue in front, takes longer.
APART_MS = 120_000
NAMES = ("Drums", "Bass", "Other", "Vocals")
# Past this a stem can be heard; muted ones and a player at rest measure nothing at all.
AUDIBLE = 1e-4

# Notes when each source is told to start, and measures what reaches the loudspeaker.
EAR = """
window.starts = [];
const { start } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function (...args) {
  window.starts.push(args);
  return start.apply(this, args);
};
const { connect } = AudioNode.prototype;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to === this.context.destination) {
    if (window.ear?.context !== this.context)
      window.ear = new AnalyserNode(this.context, { fftSize: 32768 });
    connect.call(this, window.ear);
  }
  return connect.call(this, to, ...rest);
};
window.level = () => {
  const heard = new Float32Array(window.ear.fftSize);
  window.ear.getFloatTimeDomainData(heard);
  return Math.sqrt(heard.reduce((sum, x) => sum + x * x, 0) / heard.length);
};
"""


@pytest.fixture
def stems_page(signed_in: Page) -> Page:
    page = signed_in
    page.add_init_script(EAR)
    page.reload()
    page.get_by_role("link", name="Stems").first.click()
    expect(page.get_by_text("Drop your songs here")).to_be_visible()
    return page


def test_a_song_is_taken_apart_heard_mixed_anew_and_kept(
    stems_page: Page, crate: list[Path], tmp_path: Path
) -> None:
    page = stems_page
    player = take_apart(page, crate[0])
    photograph(page, "6-stems")
    hear(page, player)
    mix_by_keys(page, player)
    keep_a_stem(page, player, tmp_path)
    save_the_mix(page, player, tmp_path)
    find_it_among_the_jobs(page)


def take_apart(page: Page, song: Path) -> Locator:
    """A song and the draft; the page itself shows the work and what came out."""
    page.get_by_label("Add tracks").set_input_files(song)
    expect(page.get_by_role("list", name="Tracks").get_by_role("listitem")).to_have_count(1)
    choose_draft(page)
    page.get_by_role("button", name="Take apart").click()
    player = page.get_by_role("group", name=re.compile("^Stems of "))
    expect(player).to_be_visible(timeout=APART_MS)
    expect(player.get_by_text("Draft", exact=True)).to_be_visible()
    return player


def choose_draft(page: Page) -> None:
    page.get_by_role("combobox", name="Taken apart by").click()
    page.get_by_role("option", name=re.compile("^Draft")).click()
    expect(page.get_by_text("Voices and instruments leak")).to_be_visible()


def hear(page: Page, player: Locator) -> None:
    """All stems start at one sample, after a token that ran out; what is muted is not heard."""
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
    """The next file that is asked for is refused as if the token had run out; tells which."""
    refused: list[str] = []
    origin = page.url.partition("/stems")[0]

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=401, headers={"Access-Control-Allow-Origin": origin})

    page.route("**/artifacts/stems/**", refuse, times=1)
    return refused


def seek(position: Locator) -> None:
    """A press in the middle leads to the middle."""
    box = position.bounding_box()
    assert box is not None
    position.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    # half of twenty seconds, and the moment that has passed since
    expect(position).to_have_attribute("aria-valuetext", re.compile("^0:1[012]$"))


def mix_by_keys(page: Page, player: Locator) -> None:
    """Space, digits and arrows; a fader is moved like any slider."""
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
    # Pressed on a picture the focus is nobody's, and the keys are still the player's
    player.get_by_role("group", name="Bass").locator(".stage").click()
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    fader = player.get_by_role("slider", name="Volume of Vocals")
    for _ in range(6):
        fader.press("ArrowLeft")
    expect(player.get_by_role("group", name="Vocals")).to_contain_text("−3.0 dB")


def keep_a_stem(page: Page, player: Locator, folder: Path) -> None:
    with page.expect_download() as stem:
        player.get_by_role("button", name="Download Bass").click()
    assert stem.value.suggested_filename.endswith(".flac")
    assert len(sound_of(saved(stem.value, folder), folder)) > 0


def save_the_mix(page: Page, player: Locator, folder: Path) -> None:
    """As the faders stand: without the drums, the voice 3 dB down."""
    player.get_by_role("combobox", name="File of the mix").select_option("flac")
    player.get_by_role("button", name="Save this mix").click()
    expect(player.get_by_text("This mix is being made. It appears below the stems")).to_be_visible()
    expect(page.get_by_text("Bass, Other, Vocals −3.0 dB")).to_be_visible()
    link = page.get_by_role("link", name=re.compile("^FLAC"))
    expect(link).to_be_visible(timeout=APART_MS)
    photograph(page, "7-stem-mix")
    with page.expect_download() as mix:
        link.click()
    sound = sound_of(saved(mix.value, folder), folder)
    assert np.sqrt(np.mean(sound**2)) > AUDIBLE


def sound_of(data: bytes, folder: Path) -> np.ndarray:
    """The samples of a downloaded file; anything that is no audio fails here."""
    path = folder / "heard"
    path.write_bytes(data)
    sound, _ = soundfile.read(path)
    return np.asarray(sound)


def find_it_among_the_jobs(page: Page) -> None:
    page.get_by_role("link", name="Jobs").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Stems of "))).to_be_visible()
    expect(page.get_by_text("stem mix")).to_have_count(0)
    page.get_by_role("button", name="Open the stems").click()
    expect(page.get_by_role("link", name=re.compile("^FLAC"))).to_be_visible()


def test_a_file_that_is_no_music_is_refused_in_words(stems_page: Page, tmp_path: Path) -> None:
    page = stems_page
    bad = tmp_path / "holiday.mp3"
    bad.write_bytes(b"not a sound at all" * 200)
    page.get_by_label("Add tracks").set_input_files(bad)
    expect(page.get_by_text("1 not accepted")).to_be_visible()
    expect(page.get_by_role("button", name="Take apart")).to_be_disabled()
    expect(page.get_by_text("Drop at least one song first.")).to_be_visible()
