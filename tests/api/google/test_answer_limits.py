"""Google's answers to a sign-in are cut off if they take too long, or are too large."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
from fastapi import FastAPI

from backend.app.api.google_answers import MAX_ANSWER_BYTES
from backend.app.api.google_provider import GoogleProvider
from backend.app.main import create_app
from backend.app.settings import Settings
from tests.api.google.browser import Browser, query_of
from tests.api.wire import served
from tests.threaded_server import ThreadedServer

LIMIT_S = 0.3
DRIP_S = 0.02
UNREACHABLE = {"google_error": "oauth_unreachable"}
STATUS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def signing_in(settings: Settings, answer: Answer, limit_s: float) -> Iterator[Browser]:
    """A browser at an API whose provider answers like this."""
    with ThreadedServer(answer) as google:
        app: FastAPI = create_app(settings.model_copy(update={"google_issuer": google.url}))
        known = app.state.google_provider
        app.state.google_provider = GoogleProvider(
            known.client, settings.google_callback, step_limit_s=limit_s
        )
        with served(app) as port, Browser(port) as visitor:
            yield visitor


def sign_in(visitor: Browser) -> dict[str, str]:
    return query_of(visitor.http.get("/auth/google/login").headers["location"])


@pytest.mark.parametrize(
    "start", [b"X-Padding: ", b"Content-Length: 100000\r\n\r\n"], ids=["headers", "body"]
)
def test_dripping_answer_is_cut_off(settings: Settings, start: bytes):
    sent: list[int] = []

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(STATUS + start)
        sent.append(0)
        while True:
            handler.wfile.write(b"x")
            sent[-1] += 1
            time.sleep(DRIP_S)

    with signing_in(settings, drip, LIMIT_S) as visitor:
        assert sign_in(visitor) == UNREACHABLE
    # 1,000 bytes take 20 s: enough for a loaded machine, and far below the drip's 100,000
    assert 3 < sent[0] < 1000


def test_endless_answer_is_cut_off(settings: Settings):
    sent: list[int] = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(STATUS + b"\r\n")
        while True:
            sent.append(handler.wfile.write(b" " * 10_000))

    with signing_in(settings, flood, 60.0) as visitor:
        assert sign_in(visitor) == UNREACHABLE
    # What was cut off was on its way, in buffers of some megabytes
    assert MAX_ANSWER_BYTES < sum(sent) < 100 * MAX_ANSWER_BYTES


def test_compressed_answer_is_refused(settings: Settings):
    accepted: list[str | None] = []

    def bomb(handler: BaseHTTPRequestHandler) -> None:
        accepted.append(handler.headers["Accept-Encoding"])
        url = f"http://{handler.headers['Host']}"
        metadata = {"issuer": url, "authorization_endpoint": f"{url}/authorize"}
        text = json.dumps(metadata) + " " * (20 * MAX_ANSWER_BYTES)
        body = gzip.compress(text.encode())
        assert len(body) < MAX_ANSWER_BYTES
        handler.wfile.write(STATUS + b"Content-Encoding: gzip\r\n")
        handler.wfile.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    with signing_in(settings, bomb, 60.0) as visitor:
        assert sign_in(visitor) == UNREACHABLE
    assert accepted == ["identity"]
