"""The whole journey, as somebody with a folder of songs and a picture makes it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

from tests.ui.conftest import ROOT

SCREENSHOTS = ROOT / "screenshots"
# Three songs of twenty seconds at 720p take half a minute; a machine with other work takes longer.
MIX_MS = 300_000
# A job's mark: its sign has a name of its own in front.
FAILED = re.compile("Failed$")
WIDTHS = {"wide": 1400, "narrow": 390}
CORNERS = [("light", "wide"), ("dark", "narrow")]
LOOKS = (
    [*CORNERS, ("light", "narrow"), ("dark", "wide")]
    if os.environ.get("PHOTOGRAPHS") == "all"
    else CORNERS
)


def photograph(page: Page, name: str) -> None:
    """The page in light and wide, in dark and narrow, for a person to look at.

    With ``PHOTOGRAPHS=all`` in light and narrow, in dark and wide as well: each costs two seconds.
    """
    SCREENSHOTS.mkdir(exist_ok=True)
    for scheme, words in LOOKS:
        width = WIDTHS[words]
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 950})
        page.wait_for_timeout(700)
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(height, 700) + 10, 3600)})
        page.wait_for_timeout(400)
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}-{words}.png")
        expect_no_sideways_scroll(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1400, "height": 950})


def expect_no_sideways_scroll(page: Page) -> None:
    """Nothing has to be scrolled sideways, once what follows the window's width has done so."""
    main = "document.querySelector('[data-testid=stMain]')"
    page.wait_for_function(f"{main}.scrollWidth <= {main}.clientWidth")


def fill_crate(page: Page, songs: list[Path]) -> None:
    page.get_by_label("Add tracks").set_input_files(songs)
    rows = page.get_by_label("Running order").get_by_role("listitem")
    expect(rows).to_have_count(len(songs))


def choose_small_video(page: Page) -> None:
    page.get_by_text("Sound, video and description").click()
    page.get_by_role("radio", name="720p").click()


def start(page: Page, title: str) -> None:
    box = page.get_by_label("Title", exact=True)
    box.fill(title)
    box.press("Tab")
    page.get_by_role("button", name="Start mixing").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def open_button(page: Page) -> Locator:
    """The way to the mix, once it is made; a job that failed says why at once."""
    ready = page.get_by_role("button", name="Open the mix")
    expect(ready.or_(page.get_by_text(FAILED)).first).to_be_visible(timeout=MIX_MS)
    assert ready.is_visible(), page.get_by_test_id("stMain").inner_text()
    return ready


def saved(download: Download, folder: Path) -> bytes:
    target = folder / download.suggested_filename
    download.save_as(target)
    return target.read_bytes()


def test_songs_and_a_picture_become_a_mix_to_hear_see_and_keep(
    signed_in: Page, crate: list[Path], tmp_path: Path
) -> None:
    page = signed_in
    photograph(page, "1-empty")
    fill_crate(page, crate)
    page.get_by_label("Add a picture").set_input_files(crate[0].parent / "picture.png")
    expect(page.get_by_alt_text("The chosen picture")).to_be_visible()
    choose_small_video(page)
    photograph(page, "2-crate")

    start(page, "Saturday, late")
    expect(page.get_by_role("progressbar")).to_be_visible()
    photograph(page, "3-working")
    address = page.url
    page.reload()
    expect(page.get_by_role("heading", name="Saturday, late")).to_be_visible()
    assert page.url == address

    open_button(page).click()
    hear(page)
    see(page)
    read(page)
    keep(page, tmp_path)
    photograph(page, "4-result")
    page.reload()
    expect(page.get_by_role("heading", name="Saturday, late")).to_be_visible()
    expect(page.get_by_role("slider", name="Position in the mix")).to_be_visible()


def hear(page: Page) -> None:
    """The player plays from the chapter that is pressed, and marks the track that is heard."""
    chapters = page.get_by_label("Chapters").get_by_role("button")
    expect(chapters).to_have_count(3)
    chapters.nth(1).click()
    expect(chapters.nth(1)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    position = page.get_by_role("slider", name="Position in the mix")
    begun = int(position.get_attribute("aria-valuenow") or 0)
    page.wait_for_timeout(2500)
    # 2.5 s of playing is at least one whole second further, however slowly it began
    assert int(position.get_attribute("aria-valuenow") or 0) > begun
    page.get_by_role("button", name="Pause").click()
    position.press("Home")
    expect(chapters.nth(0)).to_have_attribute("aria-current", "true")


def see(page: Page) -> None:
    """The video has a length and a picture."""
    page.wait_for_function("document.querySelector('video')?.videoHeight === 720")
    assert page.evaluate("document.querySelector('video').duration") > 30


def read(page: Page) -> None:
    """The description starts its chapters at nought and names every track."""
    text = page.locator("[data-testid=stCode]").inner_text()
    assert re.search(r"^0?0:00 ", text, re.MULTILINE)
    for title in ("First Light", "Café con Leche", "夜明けの電車"):
        assert title in text
    expect(page.get_by_role("group", name=re.compile("^Join "))).to_have_count(2)
    expect(page.get_by_text("LUFS").first).to_be_visible()


def keep(page: Page, folder: Path) -> None:
    """Files come straight from the API under names of their own."""
    with page.expect_download() as mp3:
        page.get_by_role("link", name=re.compile("^MP3")).click()
    assert len(saved(mp3.value, folder)) > 500_000  # 44 s at 320 kbit/s are 1.8 MB
    with page.expect_download() as video:
        page.get_by_role("link", name=re.compile("^Video")).click()
    assert b"ftyp" in saved(video.value, folder)[:16]


def test_a_mix_is_cancelled_retried_and_deleted(signed_in: Page, crate: list[Path]) -> None:
    page = signed_in
    fill_crate(page, crate)
    start(page, "Second thoughts")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    expect(open_button(page)).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Nothing made yet.")).to_be_visible()


def test_the_gates_button_can_be_read_in_light_and_dark(page: Page) -> None:
    page.goto("/")
    button = page.get_by_role("button", name="Sign in", exact=True)
    expect(button).to_be_visible()
    photograph(page, "0-gate")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(700)
        ink = button.evaluate("(b) => getComputedStyle(b).color")
        ground = button.evaluate("(b) => getComputedStyle(b).backgroundColor")
        # 4.5 to 1 is what WCAG 2.2 asks of text of this size (1.4.3)
        assert contrast(ink, ground) > 4.5, scheme


def contrast(ink: str, ground: str) -> float:
    """The contrast ratio of WCAG 2.2 between two ``rgb(…)`` colours."""
    lighter, darker = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
