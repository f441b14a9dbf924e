"""Oversized, unauthorised and aborted request bodies over a real connection."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.app import main
from backend.app.settings import MIB, Settings
from tests.patience import PATIENCE_S, wait_until

from .conftest import PASSWORD, picture, tone
from .wire import send_until_answered, served

PART = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.wav"\r\n\r\n'
BLOCK = b"x" * 65536


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        storage_root=tmp_path / "storage",
        max_file_size=5 * MIB,
        max_upload_size=8 * MIB,
    )


@pytest.fixture
def port(settings) -> Iterator[int]:
    with served(main.create_app(settings)) as number:
        yield number


@pytest.fixture
def token(settings) -> str:
    with TestClient(main.create_app(settings), base_url="http://localhost") as client:
        person = {"email": "a@example.org", "password": PASSWORD}
        return client.post("/auth/register", json=person).json()["access_token"]


def _head(path: str = "/uploads/tracks", *more: str, token: str | None = None) -> str:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", *more]
    lines.append("Content-Type: multipart/form-data; boundary=b")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\n".join([*lines, "", ""])


def _mebibytes(n: int) -> Iterator[bytes]:
    yield PART
    for _ in range(n * 16):
        yield BLOCK


def _chunked(body: Iterator[bytes]) -> Iterator[bytes]:
    for block in body:
        yield f"{len(block):x}\r\n".encode() + block + b"\r\n"
    yield b"0\r\n\r\n"


def left_over(settings: Settings) -> list[Path]:
    """Incoming files that are left once the server has cleaned up."""
    incoming = settings.storage_root / "incoming"
    wait_until(lambda: not list(incoming.iterdir()), what=f"for {incoming} to be empty")
    return list(incoming.iterdir())


@pytest.fixture
def bytes_taken(monkeypatch) -> list[int]:
    """Sizes of the body parts that the application received."""
    taken: list[int] = []
    receive = main.BodyGuard.__call__

    async def counting(self, scope, receive_, send):
        async def counted():
            message = await receive_()
            taken.append(len(message.get("body", b"")))
            return message

        await receive(self, scope, counted, send)

    monkeypatch.setattr(main.BodyGuard, "__call__", counting)
    return taken


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("forged", [None, "eyJh.eyJz.AAAA"])
def test_anonymous_upload_is_rejected_before_reading_the_body(
    bytes_taken, port, settings, chunked, forged
):
    if chunked:
        head, body = _head("/uploads/tracks", "Transfer-Encoding: chunked"), _chunked
    else:
        head, body = _head("/uploads/tracks", f"Content-Length: {300 * MIB}"), iter
    if forged:
        head = head.replace("\n\n", f"\nAuthorization: Bearer {forged}\n\n")
    reply = send_until_answered(port, head, body(_mebibytes(300)))
    assert reply.status == 401
    assert reply.closed
    assert sum(bytes_taken) == 0
    # Only what fits into the sockets' buffers and the server's first reads, not 300 MiB.
    assert reply.n_sent < 16 * MIB
    assert left_over(settings) == []


def test_body_announced_too_large_is_rejected_unread(token, bytes_taken, port, settings):
    head = _head("/uploads/tracks", f"Content-Length: {300 * MIB}", token=token)
    reply = send_until_answered(port, head, _mebibytes(300))
    assert reply.status == 413
    assert '"code":"too_large"' in reply.text
    assert sum(bytes_taken) == 0
    assert left_over(settings) == []


def test_body_of_many_files_is_cut_off_at_the_limit(token, bytes_taken, port, settings):
    def many() -> Iterator[bytes]:
        for _ in range(10):
            yield PART
            yield from [BLOCK] * 16
            yield b"\r\n"

    head = _head("/uploads/tracks", "Transfer-Encoding: chunked", token=token)
    reply = send_until_answered(port, head, _chunked(many()))
    assert reply.status == 413
    # The server reads at most one piece more than allowed, about 64 KiB.
    assert sum(bytes_taken) <= 8 * MIB + 256 * 1024
    assert left_over(settings) == []


def test_single_file_is_cut_off_at_its_limit(token, bytes_taken, port, settings):
    head = _head("/uploads/tracks", "Transfer-Encoding: chunked", token=token)
    reply = send_until_answered(port, head, _chunked(_mebibytes(20)))
    assert reply.status == 413
    assert '"hint":"A file may have up to 5 MB."' in reply.text
    assert sum(bytes_taken) <= 5 * MIB + 256 * 1024
    assert left_over(settings) == []


@pytest.mark.parametrize(("too_many", "status"), [(0, 201), (1, 413)])
def test_file_exactly_at_the_limit_is_accepted(
    client, alice, settings, monkeypatch, too_many, status
):
    sound = tone()
    monkeypatch.setattr(settings, "max_file_size", len(sound) - too_many)
    answer = alice.send_tracks(("a.wav", sound))
    assert answer.status_code == status
    assert left_over(settings) == []


@pytest.mark.parametrize("path", ["/auth/register", "/auth/token", "/auth/refresh"])
def test_anonymous_requests_have_a_small_body_limit(port, path):
    head = _head(path, f"Content-Length: {2 * MIB}")
    assert send_until_answered(port, head, _mebibytes(2)).status == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 40])
def test_invalid_content_length_is_rejected(client, alice, length):
    headers = {**alice.headers, "Content-Length": length.encode()}
    answer = client.post("/uploads/tracks", headers=headers)
    assert answer.status_code in (400, 413)


def test_aborted_upload_leaves_no_files(token, port, settings):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = _head("/uploads/tracks", f"Content-Length: {4 * MIB}", token=token)
        connection.sendall(head.replace("\n", "\r\n").encode() + PART + BLOCK * 32)
        incoming = settings.storage_root / "incoming"
        wait_until(lambda: list(incoming.glob("*.part")), what="for the file to arrive")
    assert left_over(settings) == []


def test_connection_stays_open_after_a_valid_request(port):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as connection:
        connection.connect()
        connection.auto_open = False  # so that a second connection would raise an error
        for _ in range(3):
            connection.request("GET", "/health", headers={"Host": "localhost"})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')


def test_accepted_uploads_leave_no_incoming_files(client, alice, settings):
    assert alice.send_tracks(("a.wav", tone()), ("b.txt", b"no")).status_code == 201
    assert alice.send_image(picture()).status_code == 201
    assert left_over(settings) == []
