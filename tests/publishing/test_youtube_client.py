"""Calls to YouTube: sent as they are, with a good token, and their refusals told in our words."""

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
from backend.app.publishing.youtube_client import TRIES, AuthorizedHttp, ask, youtube

from .local_server import Asked, LocalServer, Told, refused, told

CUT = Told(None)
FINE = told({"items": [{"id": "UC1"}]})


class Channel(BaseModel):
    id: str


class Channels(BaseModel):
    items: list[Channel]


class Line:
    """A client of a server that gives these answers, one after another."""

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
def line_to(*answers: Told) -> Iterator[Line]:
    script = iter(answers)
    with LocalServer(lambda _: next(script)) as server:
        http = AuthorizedHttp(tokens)
        try:
            yield Line(http, server)
        finally:
            http.close()


def bearers(asked: list[Asked]) -> list[str]:
    return [one.headers["authorization"] for one in asked]


def test_a_call_goes_to_the_address_that_is_set_with_the_users_token() -> None:
    with line_to(FINE) as line:
        assert line.channels() == Channels(items=[Channel(id="UC1")])
    (asked,) = line.server.asked
    assert (asked.method, asked.path, asked.query["mine"]) == (
        "GET",
        "/youtube/v3/channels",
        "true",
    )
    assert bearers([asked]) == ["Bearer first"]


def test_a_rejected_token_is_replaced_and_the_same_request_sent_once_more() -> None:
    with line_to(refused(401, "authError"), told({"id": "PL1"})) as line:
        assert line.make_playlist() == Channel(id="PL1")
    first, second = line.server.asked
    assert bearers([first, second]) == ["Bearer first", "Bearer instead of first"]
    assert first.body == second.body != b""


def test_a_second_token_that_is_rejected_ends_in_reconnect() -> None:
    with line_to(*[refused(401, "authError")] * 2) as line, pytest.raises(ReconnectNeeded):
        line.channels()
    assert line.slept_s == []


def test_a_question_is_asked_again_while_youtube_is_in_trouble() -> None:
    troubles = (refused(503, "backendError"), refused(403, "rateLimitExceeded"), CUT, FINE)
    with line_to(*troubles) as line:
        assert line.channels().items
    assert len(line.slept_s) == TRIES - 1
    # 1, 2 and 4 s, each between half and one and a half times as long
    assert all(0.5 * 2**i <= s <= 1.5 * 2**i for i, s in enumerate(line.slept_s))


def test_it_is_not_asked_forever() -> None:
    with (
        line_to(*[refused(500, "backendError")] * TRIES) as line,
        pytest.raises(YouTubeUnreachable),
    ):
        line.channels()
    assert len(line.server.asked) == TRIES


@pytest.mark.parametrize("trouble", [refused(503, "backendError"), CUT])
def test_what_changes_something_is_sent_once_whatever_comes_back(trouble: Told) -> None:
    with line_to(trouble) as line, pytest.raises(YouTubeUnreachable):
        line.make_playlist()
    assert len(line.server.asked) == 1


def test_no_redirect_is_followed_with_a_token() -> None:
    with LocalServer(lambda _: FINE) as elsewhere:
        away = Told(307, b"", {"Location": f"{elsewhere.url}/youtube/v3/channels"})
        with line_to(away) as line, pytest.raises(YouTubeRefused):
            line.channels()
    assert elsewhere.asked == []


def test_a_308_is_an_answer_like_any_other() -> None:
    with line_to(Told(308, b"", {"Range": "bytes=0-262143"})) as line:
        response, content = line.http.request(f"{line.server.url}/upload", "PUT", b"x" * 262_144)
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
        (Told(400, b"<html>"), YouTubeRefused, "youtube_refused"),
        (told({"error": "invalid"}, 400), YouTubeRefused, "youtube_refused"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_asked_once(
    answer: Told, error: type[SegueError], code: str
) -> None:
    with line_to(answer, answer) as line, pytest.raises(error) as caught:
        line.channels()
    assert (caught.value.code, line.slept_s) == (code, [])
    assert caught.value.hint


def test_youtubes_own_words_are_not_passed_on() -> None:
    said = refused(403, "forbidden because key=AIza-planted", "see https://x/?key=AIza-planted")
    with line_to(said) as line, pytest.raises(YouTubeRefused) as caught:
        line.channels()
    assert caught.value.message == "YouTube refuses this."
    assert caught.value.__cause__ is None


def test_the_reason_is_youtubes_own_word() -> None:
    with line_to(refused(404, "playlistNotFound")) as line, pytest.raises(YouTubeRefused) as caught:
        line.channels()
    assert caught.value.message == "YouTube does not find this (playlistNotFound)."


@pytest.mark.parametrize("nonsense", [Told(200, b"<html>"), told({"kind": "x"}), told([1])])
def test_an_answer_of_another_shape_is_no_answer(nonsense: Told) -> None:
    with line_to(*[nonsense] * TRIES) as line, pytest.raises(YouTubeUnreachable):
        line.channels()
