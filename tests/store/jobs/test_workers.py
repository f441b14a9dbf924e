"""Rows of workers: heartbeats, silence, and jobs for a GPU."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from backend.app.jobs.owners import own_name
from backend.app.jobs.queue import GPU, WORK, LeaseLost
from backend.app.store.jobs.workers import SILENT_AFTER_S, WORKERS, Gpu, WorkerFacts, WorkerStore
from tests.jobs.rows import Rows

TESLA = Gpu("Tesla T4", 1 << 30, 16 << 30)


def facts(name: str = "host#1/7/9/ab", *, queues: tuple[str, ...] = ("cpu",), gpu=None):
    return WorkerFacts(name, queues, 4, ("htdemucs",), "1.0", gpu)


@pytest.fixture
def workers(rows: Rows) -> WorkerStore:
    return WorkerStore(rows.database)


def age(workers: WorkerStore, name: str, seconds: float) -> None:
    earlier = WORKERS.c.seen_s - seconds
    workers.database.change(update(WORKERS).where(WORKERS.c.name == name).values(seen_s=earlier))


def test_worker_is_listed_with_its_facts_and_running_job(rows: Rows, workers: WorkerStore):
    workers.describe(facts("me", gpu=TESLA))
    job_id = rows.job(kind="mixtape")
    rows.claim("me")
    [worker] = workers.all()
    assert worker.facts == facts("me", gpu=TESLA)
    assert worker.is_alive
    assert [(job.id, job.kind, job.step) for job in worker.running] == [(job_id, "mixtape", None)]


def test_worker_without_heartbeats_is_silent_and_reported_once(workers: WorkerStore):
    for name in ("old", "new"):
        workers.describe(facts(name))
    age(workers, "old", SILENT_AFTER_S + 1)
    assert [(w.facts.name, w.is_alive) for w in workers.all()] == [("new", True), ("old", False)]
    assert workers.mark_silent() == ["old"]
    assert workers.mark_silent() == []
    assert workers.beat("old")
    assert all(worker.is_alive for worker in workers.all())
    age(workers, "old", SILENT_AFTER_S + 1)
    assert workers.mark_silent() == ["old"]


def test_silent_worker_elsewhere_loses_its_leases_before_their_end(
    rows: Rows, workers: WorkerStore
):
    owner = "elsewhere#1/7/9/ab"
    workers.describe(facts(owner))
    job_id = rows.job()
    late = rows.claim(owner, lease_s=3600.0)
    age(workers, owner, SILENT_AFTER_S - 1)
    workers.mark_silent()
    assert rows.queue.claim("heir", 30.0) is None
    age(workers, owner, 2)
    workers.mark_silent()
    assert rows.claim("heir").job_id == job_id
    with pytest.raises(LeaseLost):
        rows.queue.succeeded(late)


def test_silent_worker_that_returns_first_keeps_its_job(rows: Rows, workers: WorkerStore):
    owner = "elsewhere#1/7/9/ab"
    workers.describe(facts(owner))
    rows.job()
    claim = rows.claim(owner)
    age(workers, owner, SILENT_AFTER_S + 1)
    workers.mark_silent()
    rows.queue.beat(claim, 30.0)
    assert rows.queue.claim("heir", 30.0) is None
    rows.queue.succeeded(claim)


def test_silent_process_of_this_host_keeps_its_leases(rows: Rows, workers: WorkerStore):
    workers.describe(facts(own_name()))
    [worker] = workers.all()
    rows.job()
    rows.claim(worker.facts.name)
    age(workers, worker.facts.name, SILENT_AFTER_S + 1)
    assert workers.mark_silent() == [worker.facts.name]
    assert rows.queue.claim("heir", 30.0) is None


def test_row_is_deleted_after_an_hour_of_silence(workers: WorkerStore):
    workers.describe(facts("old"))
    age(workers, "old", 3700.0)
    workers.mark_silent()
    assert workers.all() == []
    assert not workers.beat("old")


def test_described_again_keeps_its_start(workers: WorkerStore):
    workers.describe(facts("me"))
    [before] = workers.all()
    workers.describe(facts("me", gpu=TESLA))
    [after] = workers.all()
    assert (after.started_s, after.facts.gpu) == (before.started_s, TESLA)
    workers.leave("me")
    assert workers.all() == []


def test_gpu_counts_if_its_living_worker_serves_the_queue(workers: WorkerStore):
    workers.describe(facts("a", queues=("cpu",), gpu=TESLA))
    workers.describe(facts("b", queues=("gpu",)))
    assert not workers.has_gpu()
    workers.describe(facts("c", queues=("gpu",), gpu=TESLA))
    assert workers.has_gpu()
    age(workers, "c", SILENT_AFTER_S + 1)
    assert not workers.has_gpu()


def test_jobs_of_a_dead_gpu_move_to_processors(rows: Rows, workers: WorkerStore):
    workers.describe(facts("c", queues=("gpu",), gpu=TESLA))
    running, waiting = rows.job(lane=GPU), rows.job(lane=GPU)
    claim = rows.queue.claim("c", 30.0, GPU)
    assert claim is not None
    assert claim.job_id == running
    assert workers.move_gpu_jobs() == 0
    age(workers, "c", SILENT_AFTER_S + 1)
    assert workers.move_gpu_jobs() == 1
    assert list(rows.queue.waiting(WORK, 9)) == [waiting]
    rows.queue.expire_leases("c")
    assert workers.move_gpu_jobs() == 1
    assert set(rows.queue.waiting(WORK, 9)) == {running, waiting}
