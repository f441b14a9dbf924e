"""Responses report whether the client was sent the content up to its last byte."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import Response

from backend.app.api.downloads.sent import ReportingFile, ReportingRedirect, ReportingStream
from backend.app.api.middleware.headers_only import HeadersOnly
from tests.patience import wait_until

from ..wire import served

# More than the buffers of both ends of a connection take
LARGE = 64 * 1024 * 1024
ETAG = {"ETag": '"1"'}


@pytest.fixture
def reports() -> list[bool]:
    return []


@pytest.fixture
def app(tmp_path: Path, reports: list[bool]) -> FastAPI:
    app = FastAPI()
    app.add_middleware(HeadersOnly)
    (tmp_path / "short").write_bytes(b"0123456789")
    with (tmp_path / "large").open("wb") as large:
        large.truncate(LARGE)

    @app.get("/{name}")
    def answer(name: str) -> Response:
        responses = {
            "stream": lambda: ReportingStream(blocks()),
            "away": lambda: ReportingRedirect("/elsewhere", 302),
        }
        make = responses.get(name, lambda: ReportingFile(tmp_path / name, headers=ETAG))
        response = make()
        response.on_sent = reports.append
        return response

    return app


def blocks() -> Iterator[bytes]:
    for _ in range(LARGE // 2**20):
        yield bytes(2**20)


@pytest.mark.parametrize(
    ("byte_range", "is_whole"),
    [
        (None, True),
        ("bytes=0-", True),
        ("bytes=4-9", True),
        ("bytes=4-8", False),
        ("bytes=0-1,8-9", False),
        ("bytes=20-", False),
    ],
)
def test_only_content_up_to_its_end_is_whole(
    app: FastAPI, reports: list[bool], byte_range: str | None, is_whole: bool
):
    TestClient(app).get("/short", headers={"Range": byte_range} if byte_range else {})
    assert reports == [is_whole]


def test_redirect_is_reported(app: FastAPI, reports: list[bool]):
    assert TestClient(app).get("/away", follow_redirects=False).status_code == 302
    assert reports == [True]


@pytest.mark.parametrize("path", ["/short", "/away"])
def test_headers_alone_are_not_reported(app: FastAPI, reports: list[bool], path: str):
    client = TestClient(app)
    client.head(path, follow_redirects=False)
    assert client.get("/short", headers={"If-None-Match": '"1"'}).status_code == 304
    assert reports == []


@pytest.mark.parametrize("path", ["/large", "/stream"])
def test_broken_connection_is_not_whole(app: FastAPI, reports: list[bool], path: str):
    with served(app) as port:
        assert received(port, path, 1000) >= 1000
        wait_until(lambda: reports)
        assert reports == [False]
        assert received(port, path, 2 * LARGE) > LARGE
        wait_until(lambda: len(reports) == 2)
        assert reports[1]


def received(port: int, path: str, enough: int) -> int:
    """Read at least so many bytes of the answer, then close the connection; return how many."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request.encode())
        n_read = 0
        while n_read < enough and (block := connection.recv(2**16)):
            n_read += len(block)
    return n_read
