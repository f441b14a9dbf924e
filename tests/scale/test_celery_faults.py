"""Jobs of Celery workers survive the death of a worker and the loss of all messages."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from backend.app.contract.jobs import JobView
from tests import redis_server
from tests.journey.server import Visitor

from .conftest import House
from .journeys import results
from .setups import Setup


def start_mixtape(visitor: Visitor, crate: list[Path]) -> JobView:
    uploaded = visitor.upload_tracks(crate)
    return visitor.start(tracks_upload_id=uploaded.id, title="Lives on", transitions="dj")


def is_under_way(job: JobView) -> bool:
    return any(step.state == "succeeded" for step in job.steps)


@pytest.fixture(scope="module")
def expected(
    one: Setup, crate: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, object]:
    """The files of a job that nothing interrupts."""
    job = one.visitor.wait_for(start_mixtape(one.visitor, crate).id)
    return results(one.visitor, job, tmp_path_factory.mktemp("expected"))


def test_job_goes_on_after_its_worker_was_killed(
    house: House, crate: list[Path], expected: dict[str, object], tmp_path: Path
) -> None:
    with house.worker() as first:
        job = start_mixtape(house.visitor, crate)
        house.visitor.wait_for(job.id, is_under_way)
        process = psutil.Process(first)
        for one in [*process.children(recursive=True), process]:
            one.send_signal(signal.SIGKILL)
    with house.worker():
        job = house.visitor.wait_for(job.id)
    assert (job.status, job.attempt) == ("succeeded", 2)
    assert results(house.visitor, job, tmp_path) == expected


def test_stopped_worker_gives_its_job_back_at_once(house: House, crate: list[Path]) -> None:
    with house.worker():
        job = start_mixtape(house.visitor, crate)
        house.visitor.wait_for(job.id, is_under_way)
    assert house.visitor.job(job.id).status == "queued"
    with house.worker():
        job = house.visitor.wait_for(job.id)
    assert (job.status, job.attempt) == ("succeeded", 2)


def test_job_runs_although_redis_lost_its_message(
    house: House,
    crate: list[Path],
    own_redis: redis_server.Server,
    expected: dict[str, object],
    tmp_path: Path,
) -> None:
    job = start_mixtape(house.visitor, crate)
    own_redis.client().flushall()
    with house.worker():
        job = house.visitor.wait_for(job.id)
    assert (job.status, job.attempt) == ("succeeded", 1)
    assert results(house.visitor, job, tmp_path) == expected
