"""A worker's row while its process lives."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine

from backend.app.services.workers import heartbeat as beating
from backend.app.services.workers.heartbeat import Heartbeat
from backend.app.store.database import Database
from backend.app.store.jobs.workers import WorkerFacts, WorkerStore
from tests.jobs.rows import Rows
from tests.patience import wait_until


@pytest.fixture
def heartbeat(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> Heartbeat:
    monkeypatch.setattr(beating, "BEAT_S", 0.01)
    workers = WorkerStore(rows.database)
    return Heartbeat("me", workers, lambda: WorkerFacts("me", ("cpu",), 2, (), "1.0"))


def test_row_lives_as_long_as_the_heartbeat(heartbeat: Heartbeat) -> None:
    heartbeat.start()
    wait_until(heartbeat.rows.all)
    [first] = heartbeat.rows.all()
    wait_until(lambda: heartbeat.rows.all()[0].seen_s > first.seen_s)
    heartbeat.stop()
    assert heartbeat.rows.all() == []


def test_deleted_row_comes_back(heartbeat: Heartbeat) -> None:
    heartbeat.start()
    wait_until(heartbeat.rows.all)
    heartbeat.rows.leave("me")
    wait_until(heartbeat.rows.all)
    heartbeat.stop()


def test_slow_look_at_the_machine_delays_no_heartbeat(rows: Rows) -> None:
    workers = WorkerStore(rows.database)
    facts = WorkerFacts("me", ("cpu",), 2, (), "1.0")
    workers.describe(facts)
    [first] = workers.all()
    beats: list[bool] = []

    def look() -> WorkerFacts:
        beats.append(workers.all()[0].seen_s > first.seen_s)
        return facts

    wait_until(lambda: Heartbeat("me", workers, look)._beat() or beats[-1])
    assert beats[-1]


def test_damaged_database_does_not_keep_a_server_from_stopping() -> None:
    damaged = Database(create_engine("sqlite://"))  # without tables
    heartbeat = Heartbeat("me", WorkerStore(damaged), lambda: WorkerFacts("me", (), 2, (), "1.0"))
    heartbeat.start()
    heartbeat.stop()
