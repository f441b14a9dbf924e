"""Many sign-ins at the same time leave other requests alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import anyio
import httpx2
import pytest
from fastapi import FastAPI

from backend.app.accounts import sign_in
from backend.app.accounts.passwords import Passwords
from backend.app.api import hashing_queue
from backend.app.api.hashing_queue import HashingQueue
from backend.app.errors import StoreBusy
from backend.app.main import create_app
from tests.patience import PATIENCE_S

from .conftest import PASSWORD
from .wire import served

POOL = 40  # anyio's default number of threads for all routes


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hashing a password takes until this event."""
    done = threading.Event()

    def matches(_self: Passwords, _password: str, _hash: str | None) -> bool:
        done.wait(PATIENCE_S)
        return False

    monkeypatch.setattr(Passwords, "matches", matches)
    monkeypatch.setattr(sign_in, "_HASHING_TIMEOUT_S", PATIENCE_S)
    yield done
    done.set()


@contextmanager
def signing_in(app: FastAPI, port: int, n: int) -> Iterator[list[Future[httpx2.Response]]]:
    """``n`` people who all sign in at the same time, and wait."""
    form = {"username": "ann@example.org", "password": PASSWORD}

    def ask() -> httpx2.Response:
        return httpx2.post(f"http://127.0.0.1:{port}/auth/token", data=form, timeout=PATIENCE_S)

    with ThreadPoolExecutor(n) as people:
        asked = [people.submit(ask) for _ in range(n)]
        expected = min(n - hashing_queue.AT_ONCE, hashing_queue.MAX_WAITING)
        deadline = time.monotonic() + PATIENCE_S
        while app.state.hashing_queue.n_waiting < expected:
            assert time.monotonic() < deadline, "the sign-ins did not arrive"
            time.sleep(0.01)
        yield asked


def test_other_requests_are_answered_while_sign_ins_wait(settings, release):
    app = create_app(settings)
    with (
        served(app) as port,
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as other,
    ):
        account = {"email": "bea@example.org", "password": PASSWORD}
        token = other.post("/auth/register", json=account).json()["access_token"]
        with signing_in(app, port, POOL + 20) as asked:
            bearer = {"Authorization": f"Bearer {token}"}
            me = other.get("/auth/me", headers=bearer, timeout=PATIENCE_S / 2)
            assert me.status_code == 200
            assert not any(one.done() for one in asked)
            release.set()
        statuses = {one.result().status_code for one in asked}
    assert statuses == {401, 429}  # checked one after the other, up to the limit for one address


def test_a_full_queue_answers_busy_with_a_retry_time(settings, release, monkeypatch):
    monkeypatch.setattr(hashing_queue, "MAX_WAITING", 3)
    app = create_app(settings)
    with served(app) as port:
        with signing_in(app, port, hashing_queue.AT_ONCE + 3) as asked:
            form = {"username": "cy@example.org", "password": PASSWORD}
            answer = httpx2.post(
                f"http://127.0.0.1:{port}/auth/token", data=form, timeout=PATIENCE_S
            )
            release.set()
        assert {one.result().status_code for one in asked} == {401}
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["error"]["code"] == "busy"
    assert answer.json()["error"]["retryable"]


def test_a_long_wait_ends_as_busy_and_the_next_turn_is_free(monkeypatch):
    monkeypatch.setattr(hashing_queue, "AT_ONCE", 1)
    monkeypatch.setattr(hashing_queue, "WAIT_S", 0.01)
    queue = HashingQueue()

    async def wait_in_vain() -> None:
        async with queue.turn():
            pytest.fail("two at once")

    async def hold() -> None:
        async with queue.turn():
            with pytest.raises(ExceptionGroup) as caught:
                async with anyio.create_task_group() as others:
                    others.start_soon(wait_in_vain)
            assert caught.group_contains(StoreBusy)
        async with queue.turn():
            assert queue.n_waiting == 0

    anyio.run(hold)
