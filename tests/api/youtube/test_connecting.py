"""Connecting a YouTube channel over HTTP: consent, callback, permissions."""

from __future__ import annotations

import pytest

from backend.app.settings import Settings
from tests.publishing.stand_ins.google import CLIENT_ID, IN_TROUBLE, MANAGE, UPLOAD, Google
from tests.publishing.stand_ins.local_server import json_response

from .trips import Browser, query_of

CONNECTED = "youtube=connected"


def test_consent_leads_to_a_connection(ada: Browser) -> None:
    assert ada.connect() == CONNECTED
    status = ada.status()
    assert (status["connected"], status["may_upload"], status["may_manage"]) == (True, True, True)
    assert status["channel"]["title"] == "Ada’s sets"


def test_consent_requests_offline_access_and_minimal_scopes(ada: Browser) -> None:
    asked = query_of(ada.consent_url())
    assert asked["scope"].split() == [UPLOAD, MANAGE]
    assert asked["client_id"] == CLIENT_ID
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost:8000/youtube/oauth/callback"
    assert len({query_of(ada.consent_url())["state"] for _ in range(3)} | {asked["state"]}) == 4


def test_callback_address_is_configurable(
    settings: Settings, request: pytest.FixtureRequest
) -> None:
    settings.youtube_oauth_redirect_uri = "https://api.example/back"
    ada: Browser = request.getfixturevalue("ada")  # the server starts here
    assert query_of(ada.consent_url())["redirect_uri"] == "https://api.example/back"


def test_consent_to_uploads_alone_is_accepted(ada: Browser) -> None:
    ada.google.ticks = UPLOAD
    assert ada.connect() == CONNECTED
    assert (ada.status()["may_upload"], ada.status()["may_manage"]) == (True, False)


def test_omitted_scopes_are_the_requested_ones(ada: Browser) -> None:
    grant = ada.google.granted()
    grant.access_tokens.append("ya29.plain")
    plain = {"access_token": "ya29.plain", "expires_in": 60, "refresh_token": grant.refresh_token}
    ada.google.token_faults = [json_response(plain)]
    assert ada.connect() == CONNECTED
    assert ada.status()["may_manage"]


def test_users_see_and_end_only_their_own_connection(ada: Browser, mallory: Browser) -> None:
    ada.connect()
    assert not mallory.status()["connected"]
    assert mallory.person is not None
    gone = mallory.client.delete("/youtube/connection", headers=mallory.person.headers)
    assert (gone.status_code, gone.json()["connected"]) == (200, False)
    assert ada.status()["connected"]


def test_playlists_are_listed_and_need_a_connection(ada: Browser, mallory: Browser) -> None:
    ada.google.playlists = [("PL1", "Sets")]
    ada.connect()
    assert ada.person is not None
    assert mallory.person is not None
    listed = ada.person.get("/youtube/playlists").json()
    assert listed == {"playlists": [{"id": "PL1", "title": "Sets"}]}
    answer = mallory.person.get("/youtube/playlists")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "youtube_not_connected")


def test_revoked_connection_needs_reconnect(ada: Browser) -> None:
    ada.google.expires_in_s = 1
    ada.connect()
    ada.google.grants[0].is_revoked = True
    assert ada.person is not None
    answer = ada.person.get("/youtube/playlists")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "youtube_reconnect")
    assert ada.status()["needs_reconnect"]
    assert ada.connect() == CONNECTED
    assert not ada.status()["needs_reconnect"]


def test_missing_client_names_the_setting(ada: Browser, settings: Settings) -> None:
    settings.google_client_secrets.unlink()
    assert ada.person is not None
    answer = ada.client.post("/youtube/oauth/start", headers=ada.person.headers)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "not_configured")
    assert "GOOGLE_CLIENT_SECRETS" in error["message"]
    assert ada.status()["missing_setting"] == "GOOGLE_CLIENT_SECRETS"


def test_unreachable_google_starts_no_consent(ada: Browser, google: Google) -> None:
    google._metadata = lambda _: IN_TROUBLE  # type: ignore[method-assign]
    assert ada.person is not None
    answer = ada.client.post("/youtube/oauth/start", headers=ada.person.headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "youtube_unreachable")
