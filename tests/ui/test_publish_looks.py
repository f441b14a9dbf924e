"""What YouTube makes of a video, on the Publish page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.publishing.stand_ins.youtube_model import Channel
from tests.ui.clicks import click_until, go_to
from tests.ui.conftest import sign_in_by_cookie
from tests.ui.test_journey import check_layout, choose_small_video, fill_crate, open_button, start
from tests.ui.test_publish import PUBLISHED_MS, connect
from tests.ui.youtube_screens import Screens, screens_running

PUBLISHED = re.compile("Published$")
WAITS = re.compile("Waiting for YouTube's checks$")


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screens]:
    with screens_running(tmp_path_factory.mktemp("looks")) as running:
        yield running


def test_what_youtube_makes_of_a_video_is_shown(
    page: Page, screens: Screens, new_email: str, crate: list[Path]
) -> None:
    screens.youtube.channel = Channel()
    sign_in_by_cookie(page, screens.segue, new_email)
    page.goto(screens.segue.url)
    fill_crate(page, crate)
    choose_small_video(page)
    start(page, "Night bus")
    open_button(page).click()
    page.get_by_role("button", name="Publish").click()
    connect(page)
    publish_as_public(page, screens)
    claim_comes_later(page, screens)
    wait_for_checks_then_public(page, screens)
    duplicate_is_rejected(page, screens)


def choose(page: Page, audience: str, consequence: str) -> None:
    option = page.get_by_role("radiogroup").get_by_text(audience, exact=True)
    click_until(option, page.get_by_text(consequence))


def press_publish(page: Page) -> None:
    page.get_by_test_id("stMain").get_by_role("button", name="Publish", exact=True).click()


def publish_again(page: Page) -> None:
    page.get_by_role("button", name="Publish again").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Title", exact=True)).to_be_visible()


def record(page: Page, heading: re.Pattern[str]) -> None:
    """Wait for the newest publication's heading."""
    shown = page.get_by_role("heading", name=heading).first
    expect(shown).to_be_visible(timeout=PUBLISHED_MS)


def publish_as_public(page: Page, screens: Screens) -> None:
    """A public video is called public before and after."""
    choose(page, "Public", "Ready. Everyone will see it.")
    press_publish(page)
    record(page, PUBLISHED)
    expect(page.get_by_text("Public: everyone can see it.")).to_be_visible()
    (video,) = screens.youtube.channel.videos.values()
    assert video.resource["status"]["privacyStatus"] == "public"
    check_layout(page, "23-public")


def claim_comes_later(page: Page, screens: Screens) -> None:
    """A claim that comes after the publication is shown at a later look."""
    screens.youtube.channel.details = {
        "licensedContent": True,
        "regionRestriction": {"blocked": ["DE", "FR"]},
    }
    claimed = page.get_by_text("A rights holder has claimed music in the video.")
    for _ in range(60):
        page.reload()
        record(page, PUBLISHED)
        if claimed.is_visible():
            break
        page.wait_for_timeout(2000)
    expect(claimed).to_be_visible()
    expect(page.get_by_text("The video is blocked in DE, FR.")).to_be_visible()
    studio = page.get_by_role("link", name="YouTube Studio")
    (name,) = screens.youtube.channel.videos
    expect(studio).to_have_attribute("href", f"https://studio.youtube.com/video/{name}/edit")
    check_layout(page, "24-claimed")
    screens.youtube.channel.details = {}


def wait_for_checks_then_public(page: Page, screens: Screens) -> None:
    """The video is private until its checks are done, then public."""
    channel = screens.youtube.channel
    channel.processed_after = 1000
    publish_again(page)
    choose(page, "Public", "Ready. Everyone will see it.")
    click_until(
        page.get_by_text("Wait for YouTube's checks"),
        page.get_by_text("Private first, then public after YouTube's checks."),
    )
    check_layout(page, "25-wait-for-checks")
    press_publish(page)
    record(page, WAITS)
    expect(
        page.get_by_text("Private until YouTube's checks are done, then public.")
    ).to_be_visible()
    expect(page.get_by_text(re.compile("On YouTube, next check today at")).first).to_be_visible()
    *_, video = channel.videos.values()
    assert video.resource["status"]["privacyStatus"] == "private"
    check_layout(page, "26-checks")
    go_to(page, "Jobs")
    expect(page.get_by_text(re.compile("On YouTube, next check today at")).first).to_be_visible()
    check_layout(page, "27-checks-jobs")
    page.go_back()
    record(page, WAITS)
    channel.processed_after = 0
    both = page.get_by_role("heading", name=PUBLISHED)
    expect(both).to_have_count(2, timeout=PUBLISHED_MS)
    expect(page.get_by_text("Public: everyone can see it.")).to_have_count(2)
    assert video.resource["status"]["privacyStatus"] == "public"


def duplicate_is_rejected(page: Page, screens: Screens) -> None:
    """A rejected duplicate is shown with its reason and a link to YouTube Studio."""
    screens.youtube.channel.ends_as = {
        "uploadStatus": "rejected",
        "rejectionReason": "duplicate",
    }
    publish_again(page)
    press_publish(page)
    record(page, re.compile("Rejected by YouTube$"))
    reason = "YouTube rejected the video as a duplicate: the channel already has it."
    expect(page.get_by_text(reason)).to_be_visible()
    expect(page.get_by_text("It cannot be watched.")).to_be_visible()
    check_layout(page, "28-duplicate")
