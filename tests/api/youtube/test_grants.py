"""Grants at Google are either used or revoked."""

from __future__ import annotations

import pytest

from tests.publishing.stand_ins.google import IN_TROUBLE, MANAGE, UPLOAD
from tests.publishing.stand_ins.local_server import Response, refused

from .trips import Browser

CONNECTED = "youtube=connected"
READ_ONLY = f"{MANAGE}.readonly"


def go_to(browser: Browser, channel: str) -> None:
    """Connect with another Google account."""
    browser.google.channel = {"id": channel, "title": channel}
    assert browser.connect() == CONNECTED


def revoked(browser: Browser) -> list[bool]:
    """Return whether each grant is revoked, in order."""
    return [grant.is_revoked for grant in browser.google.grants]


@pytest.mark.parametrize(
    "trouble", [refused(403, "accessNotConfigured"), refused(403, "quotaExceeded"), IN_TROUBLE]
)
def test_grant_with_unreadable_channel_is_revoked(ada: Browser, trouble: Response) -> None:
    ada.google.youtube_faults = [trouble] * 2
    assert ada.connect() != CONNECTED
    assert revoked(ada) == [True]


def test_grant_of_an_account_without_channel_is_revoked(ada: Browser) -> None:
    ada.google.channel = None
    assert ada.connect() == "youtube_error=no_channel"
    assert revoked(ada) == [True]


def test_grant_without_upload_permission_is_revoked(ada: Browser) -> None:
    ada.google.ticks = READ_ONLY
    assert ada.connect() == "youtube_error=upload_not_allowed"
    assert revoked(ada) == [True]


def test_failed_revocation_does_not_change_the_error(ada: Browser) -> None:
    ada.google.channel, ada.google.revocation_fault = None, IN_TROUBLE
    assert ada.connect() == "youtube_error=no_channel"
    assert revoked(ada) == [False]


def test_failed_consent_keeps_a_working_connection(
    ada: Browser,
) -> None:
    ada.connect()
    ada.google.youtube_faults = [refused(403, "quotaExceeded")]
    assert ada.connect() == "youtube_error=not_before"
    assert ada.status()["connected"]
    assert revoked(ada) == [False, False]


def test_failed_consent_over_a_dead_connection_is_revoked(ada: Browser) -> None:
    ada.google.expires_in_s = 1
    ada.connect()
    ada.google.grants[0].is_revoked = True
    assert ada.person is not None
    assert ada.person.get("/youtube/playlists").status_code == 409
    ada.google.channel = None
    assert ada.connect() == "youtube_error=no_channel"
    assert revoked(ada) == [True, True]


def test_replaced_channels_grant_is_revoked(ada: Browser) -> None:
    go_to(ada, "UCfirst")
    go_to(ada, "UCsecond")
    assert revoked(ada) == [True, False]
    assert ada.status()["channel"]["title"] == "UCsecond"


def test_failed_revocation_does_not_prevent_replacing_a_channel(ada: Browser) -> None:
    go_to(ada, "UCfirst")
    ada.google.revocation_fault = IN_TROUBLE
    go_to(ada, "UCsecond")
    assert ada.status()["channel"]["title"] == "UCsecond"


def test_reconnecting_the_same_channel_revokes_nothing(ada: Browser) -> None:
    # Google revokes everything that the account has allowed this server.
    go_to(ada, "UCfirst")
    go_to(ada, "UCfirst")
    assert revoked(ada) == [False, False]


def test_channel_of_another_user_stays_connected(ada: Browser, mallory: Browser) -> None:
    for browser in (ada, mallory):
        go_to(browser, "UCshared")
    go_to(ada, "UCsecond")
    assert revoked(ada) == [False, False, False]
    go_to(mallory, "UCthird")
    assert revoked(ada) == [False, True, False, False]


@pytest.mark.parametrize("ticks", [[UPLOAD, f"{UPLOAD} {MANAGE}"], [f"{UPLOAD} {MANAGE}", UPLOAD]])
def test_unknown_channel_revokes_nothing(ada: Browser, ticks: list[str]) -> None:
    for ada.google.ticks in ticks:
        assert ada.connect() == CONNECTED
    assert revoked(ada) == [False, False]
