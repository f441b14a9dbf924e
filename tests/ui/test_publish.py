"""From a finished mix to its video on YouTube, in the browser: connect, look, publish, follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import sign_up
from tests.ui.test_journey import (
    MIX_MS,
    choose_small_video,
    fill_crate,
    open_button,
    photograph,
    start,
)
from tests.ui.youtube_screens import Screens, screens_running

CHANNEL = "Stand-in Channel"
# A video of some megabytes goes to this very machine; it is the queue that takes its time.
PUBLISHED_MS = 120_000


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screens]:
    with screens_running(tmp_path_factory.mktemp("publishing")) as running:
        yield running


@pytest.fixture
def publisher(page: Page, screens: Screens, request: pytest.FixtureRequest) -> Page:
    """A page of somebody who has just made an account, and has no channel yet."""
    page.goto(screens.segue.url)
    sign_up(page, f"{request.node.originalname[:40]}@example.org")
    expect(page.get_by_text("Drop your tracks here")).to_be_visible()
    return page


def connect(page: Page, answer: str = "Allow") -> None:
    page.get_by_role("button", name="Connect YouTube").click()
    expect(page.get_by_role("heading", name="Segue wants to use your channel")).to_be_visible()
    page.get_by_role("link", name=answer).click()
    expect(page.get_by_role("heading", name="Publish", exact=True)).to_be_visible()


def test_a_mix_goes_from_its_result_to_youtube_once(
    publisher: Page, screens: Screens, crate: list[Path]
) -> None:
    page = publisher
    fill_crate(page, crate)
    choose_small_video(page)
    start(page, "Saturday, late")
    open_button(page).click()
    page.get_by_role("button", name="Publish").click()
    connect_and_come_back_to_what_was_typed(page)
    choose(page)
    photograph(page, "20-publish")
    page.get_by_test_id("stMain").get_by_role("button", name="Publish", exact=True).click()
    link = see_it_published(page)
    expect_one_video(screens, link)
    expect_it_to_be_told_everywhere(page, link)


def connect_and_come_back_to_what_was_typed(page: Page) -> None:
    """The trip to Google costs nothing that was on the table."""
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("Saturday, late")
    photograph(page, "19-not-connected")
    title.fill("Saturday, later")
    expect(page.get_by_role("article", name="Preview")).to_contain_text("Saturday, later")
    address = page.url
    connect(page)
    expect(page.get_by_role("link", name=CHANNEL)).to_be_visible()
    expect(title).to_have_value("Saturday, later")
    expect(page).to_have_url(address)
    assert len(page.context.pages) == 1  # all in one tab


def choose(page: Page) -> None:
    """What a person would say of it; what is wrong is told by its field and holds the button."""
    preview = page.get_by_role("article", name="Preview")
    expect(preview).to_contain_text("3 chapters")
    title, button = page.get_by_label("Title", exact=True), page.locator(".st-key-start button")
    title.fill("Saturday <later>")
    expect(page.get_by_text("YouTube takes no < and > in a title.")).to_be_visible()
    expect(button).to_be_disabled()
    title.fill("Saturday, later")
    expect(button).to_be_enabled()
    page.get_by_role("radiogroup").get_by_text("Unlisted").click()
    expect(page.get_by_text("Ready. YouTube keeps it private while")).to_be_visible()
    page.get_by_label("Playlist", exact=True).click()
    page.get_by_role("option", name="A new playlist…").click()
    new = page.get_by_label("Title of the new playlist")
    new.fill("Late sets")
    new.press("Tab")
    expect(button).to_be_enabled()


def see_it_published(page: Page) -> str:
    """The way is followed in place; at its end there is the link."""
    done = page.get_by_role("heading", name=re.compile("Published$"))
    failed = page.get_by_text("Not done")
    expect(done.or_(failed).first).to_be_visible(timeout=PUBLISHED_MS)
    assert done.is_visible(), page.get_by_test_id("stMain").inner_text()
    photograph(page, "21-published")
    watch = page.get_by_role("link", name="Watch on YouTube")
    expect(watch).to_have_attribute("target", "_blank")
    return str(watch.get_attribute("href"))


def expect_one_video(screens: Screens, link: str) -> None:
    """What stands on YouTube is what was chosen, once, with the mix's own bytes."""
    channel = screens.youtube.channel
    (video,) = channel.videos.values()
    assert link.endswith(video.id)
    snippet, status = video.resource["snippet"], video.resource["status"]
    assert snippet["title"] == "Saturday, later"
    assert re.search(r"^0:00 ", snippet["description"], re.MULTILINE)
    assert snippet["categoryId"] == "10"
    assert status["privacyStatus"] == "unlisted"
    assert status["selfDeclaredMadeForKids"] is False
    assert video.thumbnail is not None
    ((playlist, videos),) = channel.items.items()
    assert (channel.playlists[playlist], videos) == ("Late sets", [video.id])
    assert channel.duplicates() == []


def expect_it_to_be_told_everywhere(page: Page, link: str) -> None:
    """A second visit offers no second video by chance; the result and the jobs know of it."""
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("Published$"))).to_be_visible()
    expect(page.get_by_role("button", name="Publish another time")).to_be_visible()
    expect(page.locator(".st-key-start button")).to_have_count(0)
    page.get_by_role("link", name="Back to the mix").click()
    expect(page.get_by_role("link", name="Watch on YouTube")).to_have_attribute("href", link)
    expect(page.get_by_text("On YouTube, unlisted")).to_be_visible()
    page.get_by_role("link", name="Jobs").first.click()
    page.get_by_role("button", name="Open the publication").click()
    expect(page.get_by_role("heading", name=re.compile("Published$"))).to_be_visible()


def test_a_mix_goes_online_by_itself_once_it_is_ready(
    publisher: Page, screens: Screens, crate: list[Path]
) -> None:
    page, before = publisher, set(screens.youtube.channel.videos)
    page.get_by_role("link", name="Publish").first.click()
    connect(page)
    expect(page.get_by_role("link", name=CHANNEL)).to_be_visible()
    page.get_by_role("link", name="New mixtape").first.click()
    fill_crate(page, crate[:2])
    choose_small_video(page)
    page.get_by_text("Publish to YouTube when it is ready").click()
    page.get_by_text("Publish it").click()
    page.get_by_role("radiogroup").get_by_text("Public at a time").click()
    expect(page.get_by_label("Goes public at").first).to_be_visible()
    photograph(page, "17-publish-by-itself")
    page.get_by_label("Title", exact=True).fill("By itself")
    page.get_by_role("button", name="Start mixing").click()
    expect(page.get_by_role("heading", name="By itself")).to_have_count(2)  # the mix, its way out
    page.get_by_role("link", name="Publish").first.click()
    page.get_by_role("button", name=re.compile("^By itself")).click()
    expect(page.get_by_text("Waits for the mix to be ready")).to_be_visible()
    photograph(page, "22-waits")
    expect(page.get_by_role("heading", name=re.compile("Published$"))).to_be_visible(
        timeout=MIX_MS + PUBLISHED_MS
    )
    expect(page.get_by_text("Asked for: public tomorrow at 18:00.")).to_be_visible()
    (video,) = (one for name, one in screens.youtube.channel.videos.items() if name not in before)
    assert video.resource["snippet"]["title"] == "By itself"
    assert video.resource["status"]["privacyStatus"] == "private"
    assert "publishAt" in video.resource["status"]
    own = video.resource["snippet"]["tags"][:-1]  # the last one is Segue's mark
    assert own, "the tags that were written along with the mix"


def test_a_channel_is_connected_refused_and_given_up(publisher: Page, screens: Screens) -> None:
    page, others = publisher, len(screens.google.grants)
    page.get_by_role("link", name="Publish").first.click()
    photograph(page, "18-publish-nothing")
    connect(page, "Refuse")
    expect(page.get_by_text("You have not allowed Segue to publish.")).to_be_visible()
    connect(page)
    expect(page.get_by_role("link", name=CHANNEL)).to_be_visible()
    expect(page.get_by_text("You have not allowed")).to_have_count(0)
    page.get_by_role("button", name="Connection").click()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("button", name="Connect YouTube")).to_be_visible()
    assert [grant.is_revoked for grant in screens.google.grants[others:]] == [True]
