"""A publication that waits, ends in doubt, and loses its connection, in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.publishing.stand_ins.youtube_faults import Fault
from tests.ui.clicks import click_until, click_until_gone, go_to
from tests.ui.conftest import sign_in_by_cookie
from tests.ui.test_journey import check_layout, choose_small_video, fill_crate, open_button, start
from tests.ui.test_publish import CHANNEL, PUBLISHED_MS, connect, press_six_times
from tests.ui.youtube_screens import Screens, screens_running

# Its only chunk is lost, with the upload: YouTube may have made a video of it or not.
LOST = Fault("chunk", 1, "drop", store=0.0, forget=True)


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screens]:
    with screens_running(tmp_path_factory.mktemp("waiting")) as running:
        yield running


def test_publication_waits_ends_in_doubt_and_is_retried_after_a_look(
    page: Page, screens: Screens, new_email: str, crate: list[Path]
) -> None:
    sign_in_by_cookie(page, screens.segue, new_email)
    page.goto(screens.segue.url)
    fill_crate(page, crate[:2])
    choose_small_video(page)
    start(page, "No hurry")
    open_button(page).click()
    page.get_by_role("button", name="Publish").click()
    connect(page)
    expect(page.get_by_role("link", name=CHANNEL)).to_be_visible()
    start_when_asked(page, screens)
    retry_after_a_look(page, screens)
    lose_the_connection(page, screens)


def start_when_asked(page: Page, screens: Screens) -> None:
    """Let the upload wait for the quota; then start it before the day is over."""
    screens.youtube.channel.uploads_left = 0
    press_six_times(page)
    now = page.get_by_role("button", name="Try now")
    expect(now).to_be_visible(timeout=PUBLISHED_MS)
    expect(page.get_by_text("used up its YouTube quota for today")).to_be_visible()
    check_layout(page, "30-waits-for-quota")
    screens.youtube.channel.uploads_left = 100
    screens.youtube.script.faults = [LOST]
    click_until_gone(now)
    expect(page.get_by_role("button", name="Retry…")).to_be_visible(timeout=PUBLISHED_MS)


def retry_after_a_look(page: Page, screens: Screens) -> None:
    """Retry only after a look into YouTube Studio."""
    screens.youtube.script.faults = []
    looked = page.get_by_role("button", name="I looked, it is not there: retry")
    click_until(page.get_by_role("button", name="Retry…"), looked)
    check_layout(page, "31-in-doubt")
    done = page.get_by_role("heading", name=re.compile("Published$"))
    click_until(looked, done)
    assert len(screens.youtube.channel.videos) == 1


def lose_the_connection(page: Page, screens: Screens) -> None:
    """After Google's revocation, New mixtape and the Publish page say so at once."""
    for grant in screens.google.grants:
        grant.is_revoked = True
    go_to(page, "New mixtape")
    page.get_by_text("Publish to YouTube when it is ready").click()
    ended = page.get_by_text(f"The connection to {CHANNEL} has ended")
    click_until(page.get_by_text("Publish it"), ended)
    check_layout(page, "32-lost-in-new-mixtape")
    go_to(page, "Publish")
    expect(ended).to_be_visible()
    expect(page.get_by_role("button", name="Connect again")).to_be_visible()
