"""Jobs of Celery workers survive the death of a worker and the loss of all messages."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from backend.app.contract.jobs import JobView
from tests import redis_server
from tests.journey.server import Server, Visitor, serving, visiting

from .services import worker


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    return tmp_path / "many"


@contextmanager
def house(storage: Path, settings: dict[str, str]) -> Iterator[tuple[Server, Visitor]]:
    with serving(storage, **settings) as server, visiting(server) as visitor:
        yield server, visitor


def start_mixtape(visitor: Visitor, crate: list[Path]) -> JobView:
    uploaded = visitor.upload_tracks(crate)
    return visitor.start(tracks_upload_id=uploaded.id, title="Lives on", transitions="dj")


def is_under_way(job: JobView) -> bool:
    return any(step.state == "succeeded" for step in job.steps)


def test_job_goes_on_after_its_worker_was_killed(
    storage: Path, settings: dict[str, str], crate: list[Path]
) -> None:
    with house(storage, settings) as (_, visitor):
        with worker(storage, settings, ["cpu"]) as first:
            job = start_mixtape(visitor, crate)
            visitor.wait_for(job.id, is_under_way)
            for process in [*psutil.Process(first.pid).children(recursive=True), first]:
                process.send_signal(signal.SIGKILL)
        with worker(storage, settings, ["cpu"]):
            job = visitor.wait_for(job.id)
    assert (job.status, job.attempt) == ("succeeded", 2)


def test_stopped_worker_gives_its_job_back_at_once(
    storage: Path, settings: dict[str, str], crate: list[Path]
) -> None:
    with house(storage, settings) as (_, visitor):
        with worker(storage, settings, ["cpu"]):
            job = start_mixtape(visitor, crate)
            visitor.wait_for(job.id, is_under_way)
        assert visitor.job(job.id).status == "queued"
        with worker(storage, settings, ["cpu"]):
            job = visitor.wait_for(job.id)
    assert (job.status, job.attempt) == ("succeeded", 2)


def test_job_runs_although_redis_lost_its_message(
    storage: Path, settings: dict[str, str], crate: list[Path], redis: redis_server.Server
) -> None:
    with house(storage, settings) as (_, visitor):
        job = start_mixtape(visitor, crate)
        redis.client().flushall()
        with worker(storage, settings, ["cpu"]):
            assert visitor.wait_for(job.id).status == "succeeded"
