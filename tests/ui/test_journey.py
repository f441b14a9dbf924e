"""From songs and a picture to a mix, in the browser."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.ui.conftest import ROOT

SCREENSHOTS = ROOT / "screenshots"
# Three songs of twenty seconds at 720p take half a minute; a busy machine takes longer.
MIX_MS = 300_000
# A job's badge: the name of its icon comes first.
FAILED = re.compile("Failed$")
WIDTHS = {"wide": 1400, "narrow": 390}
TWO_FRAMES = "() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))"


def check_layout(page: Page, name: str) -> None:
    """Expect that nothing is wider than the window, both in a wide and in a narrow one.

    With ``SCREENSHOTS=1`` take pictures of both, light and dark, for review.
    """
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 950})
        page.evaluate(TWO_FRAMES)  # embedded players follow the new width
        expect_no_sideways_scroll(page)
        if os.environ.get("SCREENSHOTS"):
            take_pictures(page, f"{name}-{size}", width)
    page.set_viewport_size({"width": 1400, "height": 950})


def take_pictures(page: Page, name: str, width: int) -> None:
    """Save the whole page as pictures, dark and light."""
    SCREENSHOTS.mkdir(exist_ok=True)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(700)
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(height, 700) + 10, 3600)})
        page.wait_for_timeout(400)
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}.png")


def expect_no_sideways_scroll(page: Page) -> None:
    """Expect that nothing is wider than the window, once the layout has settled."""
    main = "document.querySelector('[data-testid=stMain]')"
    page.wait_for_function(f"{main}.scrollWidth <= {main}.clientWidth")


def fill_crate(page: Page, songs: list[Path]) -> None:
    page.get_by_label("Add tracks").set_input_files(songs)
    rows = page.get_by_label("Running order").get_by_role("listitem")
    expect(rows).to_have_count(len(songs))


def choose_small_video(page: Page) -> None:
    page.get_by_text("Sound, video and description").click()
    page.get_by_role("radio", name="720p").click()


def turn_off_the_video(page: Page) -> None:
    page.get_by_text("Sound, video and description").click()
    page.get_by_text("Make a video").click()


def start(page: Page, title: str) -> None:
    box = page.get_by_label("Title", exact=True)
    box.fill(title)
    box.press("Tab")
    page.get_by_role("button", name="Start mixing").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def open_button(page: Page) -> Locator:
    """The button that opens the finished mix; fail with the job's error."""
    ready = page.get_by_role("button", name="Open the mix")
    expect(ready.or_(page.get_by_text(FAILED)).first).to_be_visible(timeout=MIX_MS)
    assert ready.is_visible(), page.get_by_test_id("stMain").inner_text()
    return ready


def saved(download: Download, folder: Path) -> bytes:
    target = folder / download.suggested_filename
    download.save_as(target)
    return target.read_bytes()


def test_songs_and_a_picture_become_a_mix(
    signed_in: Page, crate: list[Path], tmp_path: Path
) -> None:
    page = signed_in
    check_layout(page, "1-empty")
    fill_crate(page, crate)
    page.get_by_label("Add a picture").set_input_files(crate[0].parent / "picture.png")
    expect(page.get_by_alt_text("The chosen picture")).to_be_visible()
    choose_small_video(page)
    check_layout(page, "2-crate")

    start(page, "Saturday, late")
    expect(page.get_by_role("progressbar")).to_be_visible()
    check_layout(page, "3-working")
    address = page.url
    page.reload()
    expect(page.get_by_role("heading", name="Saturday, late")).to_be_visible()
    assert page.url == address

    open_button(page).click()
    play(page)
    watch(page)
    read(page)
    download(page, tmp_path)
    check_layout(page, "4-result")
    expect_one_run_after_a_reload(page)
    expect(page.get_by_role("heading", name="Saturday, late")).to_be_visible()
    expect(page.get_by_role("slider", name="Position in the mix")).to_be_visible()


def expect_one_run_after_a_reload(page: Page) -> None:
    """No widget has the page drawn again: a click that meets that would be lost."""
    asked: list[BackMsg] = []
    note = lambda frame: asked.append(BackMsg.FromString(frame))  # noqa: E731
    page.once("websocket", lambda socket: socket.on("framesent", note))
    page.reload()
    expect(page.locator("ol[aria-label='Running order'] li")).to_have_count(3)
    page.wait_for_timeout(300)  # a report is sent at once
    assert [one.WhichOneof("type") for one in asked] == ["rerun_script"]


def play(page: Page) -> None:
    """A chapter plays when it is clicked, and is marked as current."""
    chapters = page.get_by_label("Chapters").get_by_role("button")
    expect(chapters).to_have_count(3)
    chapters.nth(1).click()
    expect(chapters.nth(1)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    position = page.get_by_role("slider", name="Position in the mix")
    start_s = position.get_attribute("aria-valuenow")
    expect(position).not_to_have_attribute("aria-valuenow", start_s or "")
    page.get_by_role("button", name="Pause").click()
    position.press("Home")
    expect(chapters.nth(0)).to_have_attribute("aria-current", "true")


def watch(page: Page) -> None:
    """The video has a length and a picture."""
    page.wait_for_function("document.querySelector('video')?.videoHeight === 720")
    assert page.evaluate("document.querySelector('video').duration") > 30


def read(page: Page) -> None:
    """The description starts with a chapter at 0:00 and names every track."""
    text = page.locator("[data-testid=stCode]").inner_text()
    assert re.search(r"^0?0:00 ", text, re.MULTILINE)
    for title in ("First Light", "Café con Leche", "夜明けの電車"):
        assert title in text
    expect(page.get_by_role("group", name=re.compile("^Transition "))).to_have_count(2)
    page.get_by_text("Measurements", exact=True).click()
    expect(page.get_by_test_id("stMetric").filter(has_text="LUFS")).to_be_visible()


def download(page: Page, folder: Path) -> None:
    """Files are downloaded from the API under proper names."""
    with page.expect_download() as mp3:
        page.get_by_role("link", name=re.compile("^MP3")).click()
    assert len(saved(mp3.value, folder)) > 500_000  # 44 s at 320 kbit/s are 1.8 MB
    with page.expect_download() as video:
        page.get_by_role("link", name=re.compile("^Video")).click()
    assert b"ftyp" in saved(video.value, folder)[:16]


def test_mix_is_cancelled_retried_and_deleted(signed_in: Page, crate: list[Path]) -> None:
    page = signed_in
    fill_crate(page, crate)
    turn_off_the_video(page)
    start(page, "Second thoughts")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    expect(open_button(page)).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete permanently").click()
    expect(page.get_by_text("No jobs yet.")).to_be_visible()


def test_sign_in_button_has_enough_contrast(page: Page) -> None:
    page.goto("/")
    button = page.get_by_role("button", name="Sign in", exact=True)
    expect(button).to_be_visible()
    check_layout(page, "0-gate")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(700)
        ink = button.evaluate("(b) => getComputedStyle(b).color")
        ground = button.evaluate("(b) => getComputedStyle(b).backgroundColor")
        # WCAG 2.2 (1.4.3) requires 4.5:1 for text of this size
        assert contrast(ink, ground) > 4.5, scheme


def contrast(ink: str, ground: str) -> float:
    """The contrast ratio of WCAG 2.2 between two ``rgb(…)`` colours."""
    lighter, darker = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
