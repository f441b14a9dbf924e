"""Answers that arrive byte by byte are cut off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
from pydantic import SecretStr

from backend.app.accounts.google_client import GoogleClient
from backend.app.errors import YouTubeUnreachable
from backend.app.publishing.youtube.channel import own_channel
from backend.app.publishing.youtube.client import AuthorizedHttp, youtube, youtube_client
from backend.app.publishing.youtube.google_oauth import GoogleOAuth
from tests.threaded_server import ThreadedServer

LIMIT_S = 0.3
DRIP_S = 0.02
HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Padding: "
BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"


@contextmanager
def dripping(start: bytes, sent: list[int]) -> Iterator[str]:
    """A server that sends the start at once, and then one byte after the other."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        handler.wfile.write(start)
        sent.append(0)
        while True:
            handler.wfile.write(b"x")
            sent[-1] += 1
            time.sleep(DRIP_S)

    with ThreadedServer(drip) as server:
        yield server.url


@pytest.mark.parametrize("start", [HEADERS, BODY], ids=["headers", "body"])
def test_dripping_answer_is_cut_off(start: bytes):
    sent: list[int] = []
    with dripping(start, sent) as url:
        http = AuthorizedHttp(lambda _: "token", timeout_s=60.0, answer_limit_s=LIMIT_S)
        with pytest.raises(YouTubeUnreachable):
            own_channel(youtube(http, url), tries=1)
        http.close()
    [n_bytes] = sent
    assert n_bytes > 3, "it dripped"


def test_short_timeout_limits_the_whole_answer_too():
    sent: list[int] = []
    with (
        dripping(BODY, sent) as url,
        youtube_client(url, lambda _: "token", timeout_s=LIMIT_S / 2) as client,
        pytest.raises(YouTubeUnreachable),
    ):
        own_channel(client.api, tries=1)
    # 1,000 bytes take 20 s: enough for a loaded machine, and a sixth of the longest limit
    assert 3 < sent[0] < 1000


def test_each_answer_has_the_whole_limit():
    """An earlier answer's time is not counted, on the same connection."""

    def late(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        time.sleep(0.6 * LIMIT_S)
        content = b'{"items": [{"id": "UC1"}]}'
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    with ThreadedServer(late) as server:
        http = AuthorizedHttp(lambda _: "token", answer_limit_s=LIMIT_S)
        api = youtube(http, server.url)
        for _ in range(4):
            assert own_channel_id(api) == "UC1"
        http.close()


def own_channel_id(api) -> str:
    return str(api.channels().list(part="id", mine=True).execute()["items"][0]["id"])


def test_google_is_cut_off_too():
    sent: list[int] = []
    with dripping(BODY, sent) as url:
        client = GoogleClient("id", SecretStr("secret"), url)
        with pytest.raises(YouTubeUnreachable):
            GoogleOAuth(lambda: client, answer_limit_s=LIMIT_S).refresh("1//token")
    assert sent[0] > 3
