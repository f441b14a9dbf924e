"""Ways back from Google that end in no connection, and say why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from tests.publishing.google_stand_in import (
    HTML,
    IN_TROUBLE,
    MANAGE,
    oauth_error,
)
from tests.publishing.local_server import Told, refused, told

from .trips import Browser, query_of

CONNECTED = "youtube=connected"
EXPIRED = "youtube_error=consent_expired"


def test_a_denied_consent_connects_nothing(ada: Browser) -> None:
    ada.google.denies = True
    assert ada.connect() == "youtube_error=access_denied"
    assert not ada.status()["connected"]


def test_without_the_permission_to_upload_there_is_nothing_to_connect_for(ada: Browser) -> None:
    ada.google.ticks = MANAGE.replace("youtube", "youtube.readonly")
    assert ada.connect() == "youtube_error=upload_not_allowed"
    assert not ada.status()["connected"]


@pytest.mark.parametrize("state", [None, "", "x", "\x00", "é" * 50, "x" * 5000])
def test_a_state_that_nobody_was_given_is_refused(ada: Browser, state: str | None) -> None:
    query = query_of(ada.consent())
    del query["state"]
    if state is not None:
        query["state"] = state
    assert ada.come_back(f"/youtube/oauth/callback?{urlencode(query)}") == EXPIRED
    assert ada.google.verifiers == []


def test_a_way_back_is_open_once(ada: Browser) -> None:
    location = ada.consent()
    assert ada.come_back(location) == CONNECTED
    assert ada.come_back(location) == EXPIRED
    assert len(ada.google.verifiers) == 1


def test_a_way_back_is_open_for_ten_minutes(ada: Browser, client: TestClient) -> None:
    consent = client.app.state.services.youtube_consent
    location, later = ada.consent(), ada.consent()
    consent._now = lambda: datetime.now(UTC) + timedelta(minutes=10, seconds=1)
    assert ada.come_back(location) == EXPIRED
    consent._now = lambda: datetime.now(UTC) + timedelta(minutes=9)
    assert ada.come_back(later) == CONNECTED


def test_a_browser_that_is_signed_in_as_nobody_connects_nobody(
    ada: Browser, nobody: Browser
) -> None:
    location = ada.consent()
    assert nobody.come_back(location) == "youtube_error=other_browser"
    assert ada.come_back(location) == EXPIRED
    assert not ada.status()["connected"]


@pytest.mark.parametrize("session", ["x", "é", "a" * 5000, '"', "a.b.c"])
def test_a_forged_cookie_connects_nobody(ada: Browser, session: str) -> None:
    forger = Browser(ada.client, ada.google, None, session)
    assert forger.come_back(ada.consent()) == "youtube_error=other_browser"


def test_nobody_connects_a_victims_channel_to_an_account_of_their_own(
    ada: Browser, mallory: Browser
) -> None:
    """Mallory begins, and makes Ada's browser come back from Google with Ada's consent."""
    assert ada.come_back(mallory.consent()) == "youtube_error=other_browser"
    assert not mallory.status()["connected"]
    assert not ada.status()["connected"]
    assert ada.google.verifiers == []


def test_nobody_gets_a_code_of_their_own_into_a_victims_account(
    ada: Browser, mallory: Browser
) -> None:
    """Mallory's code, with the state of Ada's own way back: the verifier is another one."""
    injected = {**query_of(ada.consent()), "code": query_of(mallory.consent())["code"]}
    location = f"/youtube/oauth/callback?{urlencode(injected)}"
    assert ada.come_back(location) == "youtube_error=oauth_refused"
    assert not ada.status()["connected"]
    assert len(ada.google.verifiers) == 1


@pytest.mark.parametrize("brought", [{}, {"code": ""}, {"error": "server_error"}])
def test_who_comes_back_with_nothing_is_refused(ada: Browser, brought: dict[str, str]) -> None:
    query = {"state": query_of(ada.consent())["state"], **brought}
    location = f"/youtube/oauth/callback?{urlencode(query)}"
    assert ada.come_back(location) == "youtube_error=oauth_refused"
    assert not ada.status()["connected"]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (IN_TROUBLE, "youtube_unreachable"),
        (HTML, "youtube_unreachable"),
        (Told(None), "youtube_unreachable"),
        (told({"access_token": "a", "expires_in": 60}), "oauth_refused"),
        (oauth_error("invalid_client", 401), "not_configured"),
        (oauth_error("redirect_uri_mismatch"), "not_configured"),
    ],
)
def test_google_in_trouble_is_told_in_words(ada: Browser, trouble: Told, code: str) -> None:
    ada.google.token_faults = [trouble]
    assert ada.connect() == f"youtube_error={code}"
    assert ada.connect() == CONNECTED


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (refused(403, "accessNotConfigured"), "not_configured"),
        (refused(403, "quotaExceeded"), "not_before"),
        (refused(401, "youtubeSignupRequired"), "no_channel"),
        (refused(403, "forbidden"), "youtube_refused"),
        (IN_TROUBLE, "youtube_unreachable"),
    ],
)
def test_youtube_in_trouble_is_told_in_words(ada: Browser, trouble: Told, code: str) -> None:
    ada.google.youtube_faults = [trouble] * 2
    assert ada.connect() == f"youtube_error={code}"
    assert not ada.status()["connected"]


def test_an_account_without_a_channel_is_refused(ada: Browser) -> None:
    ada.google.channel = None
    assert ada.connect() == "youtube_error=no_channel"


def test_a_way_back_that_fails_leaves_an_earlier_connection_alone(ada: Browser) -> None:
    ada.connect()
    ada.google.denies = True
    assert ada.connect() == "youtube_error=access_denied"
    assert ada.status()["connected"]
