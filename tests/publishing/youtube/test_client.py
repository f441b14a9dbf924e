"""Requests to YouTube: tokens, retries, and errors without YouTube's messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import BaseModel

from backend.app.errors import (
    NotBefore,
    NotConfigured,
    ReconnectNeeded,
    SegueError,
    YouTubeRefused,
    YouTubeUnreachable,
)
from backend.app.publishing.youtube.client import TRIES, AuthorizedHttp, ask, youtube

from ..stand_ins.local_server import LocalServer, Request, Response, json_response, refused

CUT = Response(None)
FINE = json_response({"items": [{"id": "UC1"}]})


class Channel(BaseModel):
    id: str


class Channels(BaseModel):
    items: list[Channel]


class ScriptedClient:
    """A client of a server that gives these answers in turn."""

    def __init__(self, http: AuthorizedHttp, server: LocalServer) -> None:
        self.server = server
        self.slept_s: list[float] = []
        self.http = http
        self._youtube = youtube(http, server.url)

    def channels(self) -> Channels:
        request = self._youtube.channels().list(part="snippet", mine=True)
        return ask(request, Channels, sleep=self.slept_s.append)

    def make_playlist(self) -> Channel:
        request = self._youtube.playlists().insert(part="snippet", body={"snippet": {"title": "x"}})
        return ask(request, Channel, sleep=self.slept_s.append)


def tokens(rejected: str | None) -> str:
    return "first" if rejected is None else f"instead of {rejected}"


@contextmanager
def client_for(*answers: Response) -> Iterator[ScriptedClient]:
    script = iter(answers)
    with LocalServer(lambda _: next(script)) as server:
        http = AuthorizedHttp(tokens)
        try:
            yield ScriptedClient(http, server)
        finally:
            http.close()


def bearers(requests: list[Request]) -> list[str]:
    return [one.headers["authorization"] for one in requests]


def test_call_uses_the_configured_address_and_token() -> None:
    with client_for(FINE) as client:
        assert client.channels() == Channels(items=[Channel(id="UC1")])
    (request,) = client.server.requests
    assert (request.method, request.path, request.query["mine"]) == (
        "GET",
        "/youtube/v3/channels",
        "true",
    )
    assert bearers([request]) == ["Bearer first"]


def test_rejected_token_is_replaced_and_the_request_resent() -> None:
    with client_for(refused(401, "authError"), json_response({"id": "PL1"})) as client:
        assert client.make_playlist() == Channel(id="PL1")
    first, second = client.server.requests
    assert bearers([first, second]) == ["Bearer first", "Bearer instead of first"]
    assert first.body == second.body != b""


def test_second_rejected_token_needs_reconnect() -> None:
    with client_for(*[refused(401, "authError")] * 2) as client, pytest.raises(ReconnectNeeded):
        client.channels()
    assert client.slept_s == []


def test_get_is_retried_while_youtube_fails() -> None:
    troubles = (refused(503, "backendError"), refused(403, "rateLimitExceeded"), CUT, FINE)
    with client_for(*troubles) as client:
        assert client.channels().items
    assert len(client.slept_s) == TRIES - 1
    # 1, 2 and 4 s, each times 0.5 to 1.5
    assert all(0.5 * 2**i <= s <= 1.5 * 2**i for i, s in enumerate(client.slept_s))


def test_retries_are_limited() -> None:
    with (
        client_for(*[refused(500, "backendError")] * TRIES) as client,
        pytest.raises(YouTubeUnreachable),
    ):
        client.channels()
    assert len(client.server.requests) == TRIES


@pytest.mark.parametrize("trouble", [refused(503, "backendError"), CUT])
def test_changing_request_is_sent_once(trouble: Response) -> None:
    with client_for(trouble) as client, pytest.raises(YouTubeUnreachable):
        client.make_playlist()
    assert len(client.server.requests) == 1


def test_redirects_are_not_followed() -> None:
    with LocalServer(lambda _: FINE) as elsewhere:
        away = Response(307, b"", {"Location": f"{elsewhere.url}/youtube/v3/channels"})
        with client_for(away) as client, pytest.raises(YouTubeRefused):
            client.channels()
    assert elsewhere.requests == []


def test_308_is_returned() -> None:
    with client_for(Response(308, b"", {"Range": "bytes=0-262143"})) as client:
        response, content = client.http.request(
            f"{client.server.url}/upload", "PUT", b"x" * 262_144
        )
    assert (response.status, response["range"], content) == (308, "bytes=0-262143", b"")


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (refused(403, "quotaExceeded"), NotBefore, "not_before"),
        (refused(403, "dailyLimitExceeded"), NotBefore, "not_before"),
        (refused(403, "accessNotConfigured"), NotConfigured, "not_configured"),
        (refused(403, "insufficientPermissions"), ReconnectNeeded, "youtube_reconnect"),
        (refused(403, "forbidden"), YouTubeRefused, "youtube_refused"),
        (refused(404, "playlistNotFound"), YouTubeRefused, "youtube_refused"),
        (refused(401, "youtubeSignupRequired"), YouTubeRefused, "no_channel"),
        (Response(400, b"<html>"), YouTubeRefused, "youtube_refused"),
        (json_response({"error": "invalid"}, 400), YouTubeRefused, "youtube_refused"),
    ],
)
def test_refusal_has_a_hint_and_no_retry(
    answer: Response, error: type[SegueError], code: str
) -> None:
    with client_for(answer, answer) as client, pytest.raises(error) as caught:
        client.channels()
    assert (caught.value.code, client.slept_s) == (code, [])
    assert caught.value.hint


def test_youtubes_messages_are_not_passed_on() -> None:
    said = refused(403, "forbidden because key=AIza-planted", "see https://x/?key=AIza-planted")
    with client_for(said) as client, pytest.raises(YouTubeRefused) as caught:
        client.channels()
    assert caught.value.message == "YouTube refuses this."
    assert caught.value.__cause__ is None


def test_reason_is_youtubes_identifier() -> None:
    with (
        client_for(refused(404, "playlistNotFound")) as client,
        pytest.raises(YouTubeRefused) as caught,
    ):
        client.channels()
    assert caught.value.message == "YouTube does not find this (playlistNotFound)."


@pytest.mark.parametrize(
    "nonsense", [Response(200, b"<html>"), json_response({"kind": "x"}), json_response([1])]
)
def test_answer_of_another_shape_is_unreachable(nonsense: Response) -> None:
    with client_for(*[nonsense] * TRIES) as client, pytest.raises(YouTubeUnreachable):
        client.channels()
