"""WebSockets over a real server: sign-in, changes, limits, reasons for closing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import anyio
import httpx2
import pytest
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from backend.app.api.live import job_streams, sockets
from backend.app.main import create_app
from backend.app.settings import Settings
from tests.api.conftest import Person, register, tone
from tests.api.wire import served
from tests.patience import PATIENCE_S

UNKNOWN = "0" * 32


@pytest.fixture
def port(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(job_streams, "_CHECK_SIGN_INS_EVERY_S", 0.0)
    with served(create_app(settings)) as port:
        yield port


@pytest.fixture
def http(port: int) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"http://localhost:{port}", timeout=PATIENCE_S) as http:
        yield http


@pytest.fixture
def ann(http: httpx2.Client) -> Person:
    return register(http, "ann@example.org")


@pytest.fixture
def ben(http: httpx2.Client, ann: Person) -> Person:
    return register(http, "ben@example.org")


@contextmanager
def follow(
    port: int, path: str, person: Person | None = None, first: str = ""
) -> Iterator[ClientConnection]:
    with connect(f"ws://localhost:{port}{path}", open_timeout=PATIENCE_S) as socket:
        socket.send(first or json.dumps({"token": person.tokens["access_token"]}))
        yield socket


def closing(socket: ClientConnection) -> tuple[int, str]:
    """Read until the server closes; return its code and reason."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            socket.recv(PATIENCE_S)
    return closed.value.rcvd.code, closed.value.rcvd.reason


def read(socket: ClientConnection) -> dict[str, object]:
    return json.loads(socket.recv(PATIENCE_S))


def start_job(person: Person) -> str:
    crate = person.send_tracks(("a.wav", tone())).json()
    form = {"tracks_upload_id": crate["id"]}
    answer = person.client.post("/jobs", json=form, headers=person.headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_job_is_sent_until_it_ends(port: int, ann: Person):
    job_id = start_job(ann)
    seen = []
    with follow(port, f"/ws/jobs/{job_id}", ann) as socket:
        while not seen or seen[-1]["job"]["status"] != "succeeded":
            seen.append(read(socket))
        assert closing(socket) == (1000, "ended")
    assert {change["job_id"] for change in seen} == {job_id}
    assert seen[-1]["job"] == ann.get(f"/jobs/{job_id}").json()


def test_feed_has_jobs_that_start_later_and_only_ones_own(port: int, ann: Person, ben: Person):
    with follow(port, "/ws/me", ann) as socket:
        theirs = start_job(ben)
        mine = [start_job(ann) for _ in range(2)]
        ended: set[str] = set()
        while ended != set(mine):
            change = read(socket)
            assert change["job_id"] != theirs
            if change["job"]["status"] == "succeeded":
                ended.add(change["job_id"])
        again = start_job(ann)
        while read(socket)["job_id"] != again:
            pass


@pytest.mark.parametrize("path", ["/ws/me", f"/ws/jobs/{UNKNOWN}"])
@pytest.mark.parametrize(
    "first", ['{"token": "forged"}', '{"token": 1}', "[]", "{", '{"token": "' + "x" * 9000 + '"}']
)
def test_socket_closes_without_a_valid_token(port: int, path: str, first: str):
    with follow(port, path, first=first) as socket:
        assert closing(socket) == (4401, "not_signed_in")


def test_socket_closes_without_a_first_message(port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sockets, "_SIGN_IN_S", 0.05)
    with connect(f"ws://localhost:{port}/ws/me") as socket:
        assert closing(socket) == (4408, "no_sign_in")


def test_token_in_the_address_is_not_accepted(port: int, ann: Person):
    token = ann.tokens["access_token"]
    with follow(port, f"/ws/me?token={token}", first="{}") as socket:
        assert closing(socket) == (4401, "not_signed_in")


def test_number_of_strangers_is_limited(port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sockets, "MOST_STRANGERS", 0)
    with connect(f"ws://localhost:{port}/ws/me") as socket:
        assert closing(socket) == (4429, "busy")


def test_another_users_job_is_unknown(port: int, ann: Person, ben: Person):
    for job_id in (UNKNOWN, start_job(ben)):
        with follow(port, f"/ws/jobs/{job_id}", ann) as socket:
            assert closing(socket) == (4404, "not_found")


def test_a_user_has_ten_sockets(port: int, ann: Person, ben: Person):
    with ExitStack() as open_sockets:
        for _ in range(job_streams.STREAMS_PER_USER):
            socket = open_sockets.enter_context(follow(port, "/ws/me", ann))
        start_job(ann)
        read(socket)  # all of them are signed in by now, or soon
        with follow(port, "/ws/me", ben):
            pass
        one_more = open_sockets.enter_context(follow(port, "/ws/me", ann))
        assert closing(one_more) == (4429, "too_many_streams")


def test_socket_ends_with_its_sign_in(port: int, ann: Person):
    with follow(port, "/ws/me", ann) as socket:
        start_job(ann)
        read(socket)
        ann.client.post("/auth/logout", json={"refresh_token": ann.tokens["refresh_token"]})
        assert closing(socket) == (4401, "signed_out")


def test_deleted_job_is_reported(port: int, ann: Person):
    job_id = start_job(ann)
    with follow(port, f"/ws/jobs/{job_id}", ann) as socket:
        assert closing(socket) == (1000, "ended")
    with follow(port, "/ws/me", ann) as feed:
        assert read(feed)["job_id"] == job_id
        assert ann.client.delete(f"/jobs/{job_id}", headers=ann.headers).status_code == 204


def test_listener_that_takes_nothing_is_dropped(
    port: int, ann: Person, monkeypatch: pytest.MonkeyPatch
):
    async def never(*_: object) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr(sockets, "_SEND_S", 0.05)
    monkeypatch.setattr(WebSocket, "send_text", never)
    with follow(port, f"/ws/jobs/{start_job(ann)}", ann) as socket:
        assert closing(socket) == (4408, "too_slow")
