"""What somebody has allowed at Google is in use here, or is taken back."""

from __future__ import annotations

import pytest

from tests.publishing.google_stand_in import IN_TROUBLE, MANAGE, UPLOAD
from tests.publishing.local_server import Told, refused

from .trips import Browser

CONNECTED = "youtube=connected"
READ_ONLY = f"{MANAGE}.readonly"


def go_to(browser: Browser, channel: str) -> None:
    """Connect with another Google account."""
    browser.google.channel = {"id": channel, "title": channel}
    assert browser.connect() == CONNECTED


def revoked(browser: Browser) -> list[bool]:
    """Of each grant, in the order in which they were given."""
    return [grant.is_revoked for grant in browser.google.grants]


@pytest.mark.parametrize(
    "trouble", [refused(403, "accessNotConfigured"), refused(403, "quotaExceeded"), IN_TROUBLE]
)
def test_a_consent_whose_channel_cannot_be_read_is_taken_back(ada: Browser, trouble: Told) -> None:
    ada.google.youtube_faults = [trouble] * 2
    assert ada.connect() != CONNECTED
    assert revoked(ada) == [True]


def test_a_consent_of_an_account_without_a_channel_is_taken_back(ada: Browser) -> None:
    ada.google.channel = None
    assert ada.connect() == "youtube_error=no_channel"
    assert revoked(ada) == [True]


def test_a_consent_that_does_not_let_us_upload_is_taken_back(ada: Browser) -> None:
    ada.google.ticks = READ_ONLY
    assert ada.connect() == "youtube_error=upload_not_allowed"
    assert revoked(ada) == [True]


def test_a_google_that_cannot_be_told_changes_nothing_about_the_refusal(ada: Browser) -> None:
    ada.google.channel, ada.google.revocation_fault = None, IN_TROUBLE
    assert ada.connect() == "youtube_error=no_channel"
    assert revoked(ada) == [False]


def test_a_consent_that_fails_ends_no_connection_of_what_may_be_the_same_account(
    ada: Browser,
) -> None:
    ada.connect()
    ada.google.youtube_faults = [refused(403, "quotaExceeded")]
    assert ada.connect() == "youtube_error=not_before"
    assert ada.status()["connected"]
    assert revoked(ada) == [False, False]


def test_a_consent_that_fails_in_the_place_of_a_dead_connection_is_taken_back(ada: Browser) -> None:
    ada.google.expires_in_s = 1
    ada.connect()
    ada.google.grants[0].is_revoked = True
    assert ada.person is not None
    assert ada.person.get("/youtube/playlists").status_code == 409
    ada.google.channel = None
    assert ada.connect() == "youtube_error=no_channel"
    assert revoked(ada) == [True, True]


def test_another_channel_in_the_place_of_one_ends_what_that_had_allowed(ada: Browser) -> None:
    go_to(ada, "UCfirst")
    go_to(ada, "UCsecond")
    assert revoked(ada) == [True, False]
    assert ada.status()["channel"]["title"] == "UCsecond"


def test_a_google_that_cannot_be_told_keeps_nobody_from_another_channel(ada: Browser) -> None:
    go_to(ada, "UCfirst")
    ada.google.revocation_fault = IN_TROUBLE
    go_to(ada, "UCsecond")
    assert ada.status()["channel"]["title"] == "UCsecond"


def test_the_same_channel_connected_again_ends_nothing(ada: Browser) -> None:
    # Google ends all that an account has allowed us at once
    go_to(ada, "UCfirst")
    go_to(ada, "UCfirst")
    assert revoked(ada) == [False, False]


def test_a_channel_that_another_user_has_connected_too_goes_on_there(
    ada: Browser, mallory: Browser
) -> None:
    for browser in (ada, mallory):
        go_to(browser, "UCshared")
    go_to(ada, "UCsecond")
    assert revoked(ada) == [False, False, False]
    go_to(mallory, "UCthird")
    assert revoked(ada) == [False, True, False, False]


@pytest.mark.parametrize("ticks", [[UPLOAD, f"{UPLOAD} {MANAGE}"], [f"{UPLOAD} {MANAGE}", UPLOAD]])
def test_where_nobody_knows_whose_channel_it_is_nothing_is_ended(
    ada: Browser, ticks: list[str]
) -> None:
    for ada.google.ticks in ticks:
        assert ada.connect() == CONNECTED
    assert revoked(ada) == [False, False]
