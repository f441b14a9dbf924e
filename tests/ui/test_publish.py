"""From a finished mix to its video on YouTube, in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.publishing.stand_ins.youtube_model import Channel
from tests.ui.clicks import TRY_MS, click_until, go_to, repeat_until
from tests.ui.conftest import TIMEOUT_MS, sign_in_by_cookie
from tests.ui.test_journey import (
    FAILED,
    MIX_MS,
    check_layout,
    choose_small_video,
    fill_crate,
    open_button,
    start,
)
from tests.ui.youtube_screens import Screens, screens_running

CHANNEL = "Stand-in Channel"
# The upload of some megabytes stays on this machine; waiting in the queue takes longer.
PUBLISHED_MS = 120_000


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screens]:
    with screens_running(tmp_path_factory.mktemp("publishing")) as running:
        yield running


@pytest.fixture
def publisher(page: Page, screens: Screens, new_email: str) -> Page:
    """A page of a new user without a channel; YouTube has no videos yet."""
    screens.youtube.channel = Channel()  # also for a second attempt
    sign_in_by_cookie(page, screens.segue, new_email)
    page.goto(screens.segue.url)
    expect(page.get_by_text("Drop your tracks here")).to_be_visible()
    return page


def connect(page: Page, answer: str = "Allow") -> None:
    page.get_by_role("button", name="Connect YouTube").click()
    expect(page.get_by_role("heading", name="Segue wants to use your channel")).to_be_visible()
    page.get_by_role("link", name=answer).click()
    expect(page.get_by_role("heading", name="Publish", exact=True)).to_be_visible()


def test_mix_is_published_once(publisher: Page, screens: Screens, crate: list[Path]) -> None:
    page = publisher
    fill_crate(page, crate)
    choose_small_video(page)
    start(page, "Saturday, late")
    open_button(page).click()
    page.get_by_role("button", name="Publish").click()
    connect_and_return_to_the_form(page)
    choose(page)
    check_layout(page, "20-publish")
    press_six_times(page)
    link = wait_until_published(page)
    expect_one_video(screens, link)
    edit_on_youtube(page, screens, crate[0].parent / "picture.png")
    expect_link_everywhere(page, link)


def connect_and_return_to_the_form(page: Page) -> None:
    """Connect a channel; the form keeps what was typed before the visit to Google."""
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("Saturday, late")
    check_layout(page, "19-not-connected")
    title.fill("Saturday, later")
    expect(page.get_by_role("article", name="Preview")).to_contain_text("Saturday, later")
    address = page.url
    connect(page)
    expect(page.get_by_role("link", name=CHANNEL)).to_be_visible()
    expect(title).to_have_value("Saturday, later")
    expect(page).to_have_url(address)
    assert len(page.context.pages) == 1  # all in one tab


def choose(page: Page) -> None:
    """Fill in the form; an error is shown at its field and blocks the button."""
    preview = page.get_by_role("article", name="Preview")
    expect(preview).to_contain_text("3 chapters")
    title, button = page.get_by_label("Title", exact=True), page.locator(".st-key-start button")
    title.fill("Saturday <later>")
    expect(page.get_by_text("YouTube allows no < and > in a title.")).to_be_visible()
    expect(button).to_be_disabled()
    title.fill("Saturday, later")
    expect(button).to_be_enabled()
    unlisted = page.get_by_role("radiogroup").get_by_text("Unlisted", exact=True)
    click_until(unlisted, page.get_by_text("Ready. Anyone with the link will see it."))
    choose_new_playlist(page)
    new = page.get_by_label("Title of the new playlist")
    new.fill("Late sets")
    new.press("Tab")
    expect(button).to_be_enabled()


def choose_new_playlist(page: Page) -> None:
    """Choose a new playlist from the menu, which closes if the page is redrawn meanwhile."""
    option = page.get_by_role("option", name="A new playlist…")
    for _ in range(10):
        page.get_by_label("Playlist", exact=True).click()
        with suppress(PlaywrightError):
            option.click(timeout=TIMEOUT_MS / 10)
            return
    pytest.fail("the menu of playlists does not stay open")


def press_six_times(page: Page) -> None:
    """Press Publish six times at once, like a person who sees nothing happen."""
    button = page.locator(".st-key-start button")
    going_on = page.get_by_role("button", name="Cancel")
    done = page.get_by_role("heading", name=re.compile("Published$"))
    repeat_until(
        lambda: button.evaluate("b => { for (let i = 0; i < 6; i++) b.click() }", timeout=TRY_MS),
        going_on.or_(done).first,
    )


def wait_until_published(page: Page) -> str:
    """Follow the publication to its end; return the link."""
    done = page.get_by_role("heading", name=re.compile("Published$"))
    failed = page.get_by_text(FAILED)
    expect(done.or_(failed).first).to_be_visible(timeout=PUBLISHED_MS)
    assert done.is_visible(), page.get_by_test_id("stMain").inner_text()
    check_layout(page, "21-published")
    watch = page.get_by_role("link", name="Watch on YouTube")
    expect(watch).to_have_attribute("target", "_blank")
    return str(watch.get_attribute("href"))


def expect_one_video(screens: Screens, link: str) -> None:
    """Check that YouTube has the video once, as chosen, with the mix's bytes."""
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


def edit_on_youtube(page: Page, screens: Screens, picture: Path) -> None:
    """Change title, audience and thumbnail of the published video, twice."""
    (video,) = screens.youtube.channel.videos.values()
    video.thumbnail = None
    form = page.get_by_role("heading", name="Edit on YouTube")
    click_until(page.get_by_role("button", name="Edit on YouTube"), form)
    title, save = page.get_by_label("Title", exact=True), page.locator(".st-key-save_video button")
    expect(title).to_have_value("Saturday, later")
    expect(save).to_be_disabled()
    title.fill("Saturday <latest>")
    expect(page.get_by_text("YouTube allows no < and > in a title.")).to_be_visible()
    title.fill("Saturday, latest")
    private = page.get_by_role("radiogroup").get_by_text("Private", exact=True)
    click_until(private, page.get_by_text("Saving changes the video on YouTube at once."))
    page.get_by_role("radiogroup").get_by_text("The mix's own").click()
    expect(save).to_be_enabled()
    check_layout(page, "23-edit-on-youtube")
    click_until(save, page.get_by_text("Saved on YouTube."))
    expect(form).to_be_hidden()  # Streamlit removes what is no longer drawn after the run
    snippet, status = video.resource["snippet"], video.resource["status"]
    assert (snippet["title"], status["privacyStatus"]) == ("Saturday, latest", "private")
    of_the_mix = video.thumbnail
    assert of_the_mix is not None
    unlisted = page.get_by_role("radiogroup").get_by_text("Unlisted", exact=True)
    click_until(page.get_by_role("button", name="Edit on YouTube"), form)
    click_until(unlisted, page.get_by_text("Saving changes the video on YouTube at once."))
    other = page.get_by_role("radiogroup").get_by_text("Another picture")
    click_until(other, page.get_by_text("Drop a picture here"))
    page.get_by_label("Add a picture").set_input_files(picture)
    expect(page.get_by_alt_text("The chosen picture")).to_be_visible()
    check_layout(page, "24-another-thumbnail")
    click_until(save, page.get_by_text("Saved on YouTube."))
    assert video.thumbnail not in (None, of_the_mix)


def expect_link_everywhere(page: Page, link: str) -> None:
    """Check that the page offers no second video; result and jobs show the link."""
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("Published$"))).to_be_visible()
    expect(page.get_by_role("button", name="Publish again")).to_be_visible()
    expect(page.locator(".st-key-start button")).to_have_count(0)
    page.get_by_role("link", name="Back to the mix").click()
    expect(page.get_by_role("link", name="Watch on YouTube")).to_have_attribute("href", link)
    expect(page.get_by_text("On YouTube, unlisted")).to_be_visible()
    go_to(page, "Jobs")
    page.get_by_role("button", name="Open the publication").click()
    expect(page.get_by_role("heading", name=re.compile("Published$"))).to_be_visible()


def test_mix_is_published_when_ready(publisher: Page, screens: Screens, crate: list[Path]) -> None:
    page, before = publisher, set(screens.youtube.channel.videos)
    go_to(page, "Publish")
    connect(page)
    expect(page.get_by_role("link", name=CHANNEL)).to_be_visible()
    go_to(page, "New mixtape")
    fill_crate(page, crate[:2])
    choose_small_video(page)
    page.get_by_text("Publish to YouTube when it is ready").click()
    page.get_by_text("Publish it").click()
    scheduled = page.get_by_role("radiogroup").get_by_text("Scheduled", exact=True)
    click_until(scheduled, page.get_by_label("Goes public at").first)
    check_layout(page, "17-publish-by-itself")
    page.get_by_label("Title", exact=True).fill("By itself")
    page.get_by_role("button", name="Start mixing").click()
    expect(page.get_by_role("heading", name="By itself")).to_have_count(2)  # mix, publish job
    go_to(page, "Publish")
    page.get_by_role("button", name=re.compile("^By itself")).click()
    expect(page.get_by_text("Waiting for the mix")).to_be_visible()
    check_layout(page, "22-waits")
    expect(page.get_by_role("heading", name=re.compile("Published$"))).to_be_visible(
        timeout=MIX_MS + PUBLISHED_MS
    )
    expect(page.get_by_text("Private now, public tomorrow at 18:00.")).to_be_visible()
    (video,) = (one for name, one in screens.youtube.channel.videos.items() if name not in before)
    assert video.resource["snippet"]["title"] == "By itself"
    assert video.resource["status"]["privacyStatus"] == "private"
    assert "publishAt" in video.resource["status"]
    tags = video.resource["snippet"]["tags"][:-1]  # the last one is Segue's own
    assert tags, "the mix's tags"


def test_channel_is_declined_connected_and_disconnected(publisher: Page, screens: Screens) -> None:
    page, others = publisher, len(screens.google.grants)
    go_to(page, "Publish")
    check_layout(page, "18-publish-nothing")
    connect(page, "Refuse")
    expect(page.get_by_text("You did not allow Segue to publish.")).to_be_visible()
    connect(page)
    expect(page.get_by_role("link", name=CHANNEL)).to_be_visible()
    expect(page.get_by_text("You did not allow")).to_have_count(0)
    page.get_by_role("button", name="Connection").click()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("button", name="Connect YouTube")).to_be_visible()
    assert [grant.is_revoked for grant in screens.google.grants[others:]] == [True]
