"""Sockets and webhooks, with several API processes."""

from __future__ import annotations

import hmac
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import httpx2
import pytest
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import ClientConnection, connect

from tests.journey.server import Server
from tests.patience import PATIENCE_S
from tests.threaded_server import ThreadedServer

from .journeys import Material
from .serve import RECEIVER
from .setups import Setup


@contextmanager
def follow(server: Server, path: str, token: str) -> Iterator[ClientConnection]:
    with connect(f"ws://localhost:{server.port}{path}", open_timeout=PATIENCE_S) as socket:
        socket.send(json.dumps({"token": token}))
        yield socket


def changes(socket: ClientConnection) -> Iterator[dict[str, object]]:
    """Yield each change until the server closes in an orderly way."""
    while True:
        try:
            yield json.loads(socket.recv(PATIENCE_S))
        except ConnectionClosedOK as closed:
            assert closed.rcvd is not None
            assert closed.rcvd.reason == "ended"
            return


def start_stems(server: Server, setup: Setup, track_id: str) -> str:
    """Start a job at one API process."""
    head = {"Authorization": f"Bearer {setup.visitor.token}"}
    form = {"kind": "stems", "model": "draft", "track_id": track_id}
    answer = httpx2.post(f"{server.base}/jobs", json=form, headers=head, timeout=PATIENCE_S)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize(("accepts", "shows"), [(0, 1), (1, 0)])
def test_sockets_show_a_job_that_another_process_accepted(
    accepts: int, shows: int, many: Setup, material: Material
) -> None:
    track = many.visitor.upload_tracks(material.songs[:1]).tracks[0]
    token = many.visitor.token
    with follow(many.servers[shows], "/ws/me", token) as mine:
        job_id = start_stems(many.servers[accepts], many, track.id)
        with follow(many.servers[shows], f"/ws/jobs/{job_id}", token) as socket:
            of_job = list(changes(socket))
        of_mine = (one for one in changes(mine) if one["job_id"] == job_id)
        assert any(one["job"]["status"] == "succeeded" for one in of_mine)
    assert {one["job_id"] for one in of_job} == {job_id}
    assert of_job[-1]["job"] == many.visitor.ask("GET", f"/jobs/{job_id}").json()


@dataclass
class Receiver:
    """A user's own server."""

    port: int = 0
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    has_some: Event = field(default_factory=Event)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.messages.append((request.headers["Segue-Signature"], body))
        request.send_response(204)
        request.send_header("Content-Length", "0")
        request.end_headers()
        self.has_some.set()


@pytest.fixture
def receiver(webhook_certificate: tuple[Path, Path]) -> Iterator[Receiver]:
    receiver, context = Receiver(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*webhook_certificate)
    with ThreadedServer(receiver.answer, context=context) as server:
        receiver.port = server.port
        yield receiver


def test_end_of_a_job_is_sent_once_to_the_users_webhook_with_a_signature(
    many: Setup, material: Material, receiver: Receiver
) -> None:
    url = f"https://{RECEIVER}:{receiver.port}/ended"
    track = many.visitor.upload_tracks(material.songs[:1]).tracks[0]
    webhook = many.visitor.ask("PUT", "/webhook", json={"url": url}).json()
    try:
        job_id = start_stems(many.servers[0], many, track.id)
        assert receiver.has_some.wait(PATIENCE_S)
    finally:
        shown = many.visitor.ask("GET", "/webhook").json()
        many.visitor.ask("DELETE", "/webhook")
    [(signature, body)] = receiver.messages
    moment, digest = (part.partition("=")[2] for part in signature.split(","))
    signed = f"{moment}.".encode() + body
    assert hmac.new(webhook["secret"].encode(), signed, sha256).hexdigest() == digest
    message = json.loads(body)
    assert (message["event"], message["job"]["id"]) == ("job.ended", job_id)
    assert message["job"]["status"] == "succeeded"
    assert shown["undelivered"] == []
