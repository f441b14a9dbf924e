"""A server whose Redis hangs, is flushed, or is away answers and works as without one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.app.api.live import job_streams
from backend.app.settings import Settings
from tests import redis_server
from tests.patience import PATIENCE_S

from .conftest import Person, register, serving, tone


@pytest.fixture
def ann(redis: redis_server.Server, tmp_path: Path) -> Iterator[Person]:
    settings = Settings(_env_file=None, storage_root=tmp_path / "storage", redis_url=redis.url)
    with serving(settings) as client:
        yield register(client, "ann@example.org")


def run_job(person: Person) -> tuple[dict, float]:
    """Run an analysis; return the job, and the longest request in seconds."""
    times: list[float] = []

    def timed(call: Callable[[], object]) -> dict:
        began_s = time.monotonic()
        answer = call()
        times.append(time.monotonic() - began_s)
        return answer.json()

    crate = person.send_tracks(("a.wav", tone())).json()["id"]
    form = {"kind": "analysis", "tracks_upload_id": crate}
    job = timed(lambda: person.client.post("/jobs", json=form, headers=person.headers))
    deadline = time.monotonic() + PATIENCE_S
    while job["status"] in ("queued", "running") and time.monotonic() < deadline:
        time.sleep(0.1)
        job = timed(partial(person.get, f"/jobs/{job['id']}"))
    return job, max(times)


@pytest.mark.parametrize("state", ["hangs", "is flushed", "is away"])
def test_requests_and_jobs_do_not_wait_for_redis(
    redis: redis_server.Server, ann: Person, state: str
) -> None:
    run_job(ann)  # the fork server, once
    {"hangs": redis.hang, "is flushed": redis.client().flushall, "is away": redis.kill}[state]()
    try:
        job, longest_s = run_job(ann)
        ready = ann.client.get("/health/ready")
    finally:
        {"hangs": redis.go_on, "is flushed": bool, "is away": redis.start}[state]()
    assert job["status"] == "succeeded", job
    assert longest_s < 0.9, "one answer of Redis would take a second"
    expected = "ready" if state == "is flushed" else "degraded"
    assert (ready.status_code, ready.json()["status"]) == (200, expected)


def test_stream_hears_of_changes_between_two_looks(
    redis: redis_server.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_streams, "_LOOK_EVERY_S", 10 * PATIENCE_S)
    settings = Settings(_env_file=None, storage_root=tmp_path / "storage", redis_url=redis.url)
    with serving(settings) as one, serving(settings) as other:
        ann = register(one, "ann@example.org")
        job_id = _queue(ann)
        views = _followed(other, ann, job_id)
    assert views[-1] == "succeeded"
    assert all(a != b for a, b in pairwise(views))


def _queue(person: Person) -> str:
    crate = person.send_tracks(("a.wav", tone())).json()["id"]
    form = {"kind": "analysis", "tracks_upload_id": crate}
    return person.client.post("/jobs", json=form, headers=person.headers).json()["id"]


def _followed(client: TestClient, person: Person, job_id: str) -> list[str]:
    """The states that another process's socket shows until the job's end."""
    with (
        client.websocket_connect(f"ws://localhost:8000/ws/jobs/{job_id}") as socket,
        ThreadPoolExecutor(1) as reader,
    ):
        socket.send_json({"token": person.tokens["access_token"]})
        seen: list[dict] = []
        while not seen or seen[-1]["status"] in ("queued", "running"):
            message = reader.submit(socket.receive_json).result(PATIENCE_S)
            seen.append(message["job"])
    return [one["status"] if one["status"] == "succeeded" else repr(one) for one in seen]
