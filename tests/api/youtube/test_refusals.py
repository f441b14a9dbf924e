"""Invalid callbacks create no connection, and report the reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from tests.publishing.stand_ins.google import HTML, IN_TROUBLE, MANAGE, oauth_error
from tests.publishing.stand_ins.local_server import Response, json_response, refused

from .trips import Browser, query_of

CONNECTED = "youtube=connected"
EXPIRED = "youtube_error=consent_expired"


def test_denied_consent_connects_nothing(ada: Browser) -> None:
    ada.google.denies = True
    assert ada.connect() == "youtube_error=access_denied"
    assert not ada.status()["connected"]


def test_consent_without_upload_permission_is_rejected(ada: Browser) -> None:
    ada.google.ticks = MANAGE.replace("youtube", "youtube.readonly")
    assert ada.connect() == "youtube_error=upload_not_allowed"
    assert not ada.status()["connected"]


@pytest.mark.parametrize("state", [None, "", "x", "\x00", "é" * 50, "x" * 5000])
def test_unknown_state_is_rejected(ada: Browser, state: str | None) -> None:
    query = query_of(ada.consent())
    del query["state"]
    if state is not None:
        query["state"] = state
    assert ada.come_back(f"/youtube/oauth/callback?{urlencode(query)}") == EXPIRED
    assert ada.google.verifiers == []


def test_callback_works_once(ada: Browser) -> None:
    location = ada.consent()
    assert ada.come_back(location) == CONNECTED
    assert ada.come_back(location) == EXPIRED
    assert len(ada.google.verifiers) == 1


def test_callback_expires_after_ten_minutes(ada: Browser, client: TestClient) -> None:
    consent = client.app.state.services.youtube_consent
    location, later = ada.consent(), ada.consent()
    consent._now = lambda: datetime.now(UTC) + timedelta(minutes=10, seconds=1)
    assert ada.come_back(location) == EXPIRED
    consent._now = lambda: datetime.now(UTC) + timedelta(minutes=9)
    assert ada.come_back(later) == CONNECTED


def test_signed_out_browser_connects_nothing(ada: Browser, signed_out: Browser) -> None:
    location = ada.consent()
    assert signed_out.come_back(location) == "youtube_error=other_browser"
    assert ada.come_back(location) == EXPIRED
    assert not ada.status()["connected"]


@pytest.mark.parametrize("session", ["x", "é", "a" * 5000, '"', "a.b.c"])
def test_forged_cookie_connects_nothing(ada: Browser, session: str) -> None:
    forger = Browser(ada.client, ada.google, None, session)
    assert forger.come_back(ada.consent()) == "youtube_error=other_browser"


def test_victims_channel_cannot_join_an_attackers_account(ada: Browser, mallory: Browser) -> None:
    """Mallory starts the consent; Ada's browser returns from Google with Ada's consent."""
    assert ada.come_back(mallory.consent()) == "youtube_error=other_browser"
    assert not mallory.status()["connected"]
    assert not ada.status()["connected"]
    assert ada.google.verifiers == []


def test_attackers_code_is_rejected_in_a_victims_account(ada: Browser, mallory: Browser) -> None:
    """Mallory's code with the state of Ada's consent: the verifier differs."""
    injected = {**query_of(ada.consent()), "code": query_of(mallory.consent())["code"]}
    location = f"/youtube/oauth/callback?{urlencode(injected)}"
    assert ada.come_back(location) == "youtube_error=oauth_refused"
    assert not ada.status()["connected"]
    assert len(ada.google.verifiers) == 1


@pytest.mark.parametrize("brought", [{}, {"code": ""}, {"error": "server_error"}])
def test_empty_callback_is_rejected(ada: Browser, brought: dict[str, str]) -> None:
    query = {"state": query_of(ada.consent())["state"], **brought}
    location = f"/youtube/oauth/callback?{urlencode(query)}"
    assert ada.come_back(location) == "youtube_error=oauth_refused"
    assert not ada.status()["connected"]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (IN_TROUBLE, "youtube_unreachable"),
        (HTML, "youtube_unreachable"),
        (Response(None), "youtube_unreachable"),
        (json_response({"access_token": "a", "expires_in": 60}), "oauth_refused"),
        (oauth_error("invalid_client", 401), "not_configured"),
        (oauth_error("redirect_uri_mismatch"), "not_configured"),
    ],
)
def test_google_failure_is_reported(ada: Browser, trouble: Response, code: str) -> None:
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
def test_youtube_failure_is_reported(ada: Browser, trouble: Response, code: str) -> None:
    ada.google.youtube_faults = [trouble] * 2
    assert ada.connect() == f"youtube_error={code}"
    assert not ada.status()["connected"]


def test_account_without_channel_is_rejected(ada: Browser) -> None:
    ada.google.channel = None
    assert ada.connect() == "youtube_error=no_channel"


def test_failed_callback_keeps_an_earlier_connection(ada: Browser) -> None:
    ada.connect()
    ada.google.denies = True
    assert ada.connect() == "youtube_error=access_denied"
    assert ada.status()["connected"]
