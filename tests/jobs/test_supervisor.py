"""What a supervisor does where the database is not to be had at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest

from backend.app.errors import NotFound, StoreBusy
from backend.app.jobs import supervisor
from backend.app.jobs.messages import Done, Message, Planned, PlannedStep, StepFinished, StepStarted
from backend.app.jobs.queue import Claim
from backend.app.jobs.supervisor import Supervisor

from .rows import LEASE_S, Rows


class Child:
    """A process that says nothing once, and then that it is through."""

    def __init__(self, *says: Message) -> None:
        self._says: list[list[Message]] = [[], [*says], [Done()]]

    def read(self, _timeout_s: float) -> list[Message]:
        return self._says.pop(0)

    def bid_farewell(self) -> None:
        pass

    def end(self) -> int:
        return 0


class Stop(Event):
    """A stop that never comes; it counts the seconds that it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits_s: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits_s.append(timeout or 0.0)
        return self.is_set()


def refusing(times: int, ask: Callable, error: Exception) -> Callable:
    """``ask``, refused the first ``times`` times."""
    left = iter(range(times))

    def asked(*args):
        if next(left, None) is not None:
            raise error
        return ask(*args)

    return asked


def supervise(rows: Rows, claim: Claim, stop: Stop) -> None:
    Supervisor(claim, rows.queue, Child(), LEASE_S, stop).run()


@pytest.mark.parametrize("method", ["standing", "succeeded"])
def test_a_busy_database_is_waited_for(rows: Rows, monkeypatch: pytest.MonkeyPatch, method: str):
    job_id, stop = rows.job(), Stop()
    claim = rows.claim()
    busy = refusing(3, getattr(rows.queue, method), StoreBusy("busy"))
    monkeypatch.setattr(type(rows.queue), method, lambda _self, *args: busy(*args))
    supervise(rows, claim, stop)
    assert rows.record(job_id).job.status == "succeeded"
    assert stop.waits_s == [0.5, 1.0, 2.0]


def test_patience_has_an_end(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    rows.job()
    claim, stop = rows.claim(), Stop()
    busy = refusing(4, rows.queue.standing, StoreBusy("busy"))
    monkeypatch.setattr(type(rows.queue), "standing", lambda _self, *args: busy(*args))
    with pytest.raises(StoreBusy):
        supervise(rows, claim, stop)
    assert sum(stop.waits_s) < LEASE_S / supervisor._BEATS_PER_LEASE  # the lease outlasts it


def test_what_waiting_does_not_mend_is_not_waited_for(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    rows.job()
    claim, stop = rows.claim(), Stop()
    gone = refusing(1, rows.queue.succeeded, NotFound("gone"))
    monkeypatch.setattr(type(rows.queue), "succeeded", lambda _self, *args: gone(*args))
    with pytest.raises(NotFound):
        supervise(rows, claim, stop)
    assert stop.waits_s == []


def test_a_speed_is_written_down_for_the_pace_that_was_planned(rows: Rows):
    rows.job(work_s=2.0)
    claim = rows.claim()
    planned = Planned([PlannedStep("a", 1.0, kept=False, pace="draft")])
    child = Child(planned, StepStarted("a", 60.0), StepFinished("a", [], 4.0))
    Supervisor(claim, rows.queue, child, LEASE_S, Stop()).run()
    assert rows.queue.speeds("test") == {"a@draft": 2.0}
