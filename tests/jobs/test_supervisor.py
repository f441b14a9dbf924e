"""The supervisor with a busy database, and its lease renewals."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import numpy as np
import pytest

from backend.app.errors import NotFound, StoreBusy
from backend.app.jobs import supervisor
from backend.app.jobs.cache_uses import CacheUse
from backend.app.jobs.messages import (
    Done,
    Failed,
    Message,
    Planned,
    PlannedStep,
    Retitled,
    StepFinished,
    StepStarted,
)
from backend.app.jobs.queue import Claim
from backend.app.jobs.states import MAX_CRASHES, Failure
from backend.app.jobs.supervisor import Supervisor
from backend.app.store.jobs.figures import read_figures

from .rows import LEASE_S, Rows


class Child:
    """A process that is silent once, and then reports ``Done``."""

    def __init__(self, *says: Message) -> None:
        self._says: list[list[Message]] = [[], [*says], [Done()]]

    def read(self, _timeout_s: float) -> list[Message]:
        return self._says.pop(0)

    def wait_for_exit(self) -> None:
        pass

    def end(self) -> int:
        return 0


class NeverRan(Child):
    """A process that never ran."""

    def read(self, _timeout_s: float) -> None:
        return None

    def end(self) -> None:
        return None


class Killed(Child):
    """A process that died without a message."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self._status = status

    def read(self, _timeout_s: float) -> None:
        return None

    def end(self) -> int:
        return self._status


class Stop(Event):
    """A stop that never comes; records the waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waits_s: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits_s.append(timeout or 0.0)
        return self.is_set()


def refusing(times: int, ask: Callable, error: Exception) -> Callable:
    """Make ``ask`` raise the first ``times`` times."""
    left = iter(range(times))

    def asked(*args):
        if next(left, None) is not None:
            raise error
        return ask(*args)

    return asked


class SilentChild(Child):
    """A process that is silent for some seconds at each read, and then ends."""

    def __init__(self, seconds: int, clock: Clock) -> None:
        super().__init__()
        self._says = [*([] for _ in range(seconds)), [Done()]]
        self._clock = clock

    def read(self, timeout_s: float) -> list[Message]:
        self._clock.now_s += 1.0
        return super().read(timeout_s)


class Clock:
    """A clock that tests advance."""

    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


def supervise(rows: Rows, claim: Claim, stop: Stop) -> None:
    Supervisor(claim, rows.queue, Child(), LEASE_S, stop).run()


@pytest.mark.parametrize("method", ["claim_state", "succeeded"])
def test_busy_database_is_retried(rows: Rows, monkeypatch: pytest.MonkeyPatch, method: str):
    job_id, stop = rows.job(), Stop()
    claim = rows.claim()
    busy = refusing(3, getattr(rows.queue, method), StoreBusy("busy"))
    monkeypatch.setattr(type(rows.queue), method, lambda _self, *args: busy(*args))
    supervise(rows, claim, stop)
    assert rows.record(job_id).job.status == "succeeded"
    assert stop.waits_s == [0.5, 1.0, 2.0]


def test_retries_end_before_lease(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    rows.job()
    claim, stop = rows.claim(), Stop()
    busy = refusing(4, rows.queue.claim_state, StoreBusy("busy"))
    monkeypatch.setattr(type(rows.queue), "claim_state", lambda _self, *args: busy(*args))
    with pytest.raises(StoreBusy):
        supervise(rows, claim, stop)
    assert (
        sum(stop.waits_s) < LEASE_S / supervisor._BEATS_PER_LEASE
    )  # shorter than the interval between renewals


def test_permanent_error_is_not_retried(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    rows.job()
    claim, stop = rows.claim(), Stop()
    gone = refusing(1, rows.queue.succeeded, NotFound("gone"))
    monkeypatch.setattr(type(rows.queue), "succeeded", lambda _self, *args: gone(*args))
    with pytest.raises(NotFound):
        supervise(rows, claim, stop)
    assert stop.waits_s == []


def test_lease_is_renewed_three_times_per_lease(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    rows.job(work_s=60.0)
    claim, clock, beats = rows.claim(), Clock(), []
    beat = rows.queue.beat

    def noted(_self, *args):
        beats.append((clock.now_s, *args))
        beat(*args)

    monkeypatch.setattr(supervisor, "time", clock)
    monkeypatch.setattr(type(rows.queue), "beat", noted)
    seconds = round(2 * LEASE_S)
    Supervisor(claim, rows.queue, SilentChild(seconds, clock), LEASE_S, Stop()).run()
    gaps = np.diff([1000.0, *(at for at, *_ in beats), 1000.0 + seconds])
    assert max(gaps) <= LEASE_S / 3 + 2.0  # one read a second, plus one read of delay
    assert {(who, lease_s) for _, who, lease_s in beats} == {(claim, LEASE_S)}


def test_cancelled_job_ends_at_next_tick(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    job_id = rows.job(work_s=60.0)
    claim, clock = rows.claim(), Clock()
    monkeypatch.setattr(supervisor, "time", clock)
    child = SilentChild(5, clock)
    claim_state = rows.queue.claim_state

    def cancelled_at_the_second_tick(_self, *args):
        if clock.now_s == 1002.0:
            rows.jobs.cancel("ann", job_id)
        return claim_state(*args)

    monkeypatch.setattr(type(rows.queue), "claim_state", cancelled_at_the_second_tick)
    Supervisor(claim, rows.queue, child, LEASE_S, Stop()).run()
    assert clock.now_s == 1002.0
    assert rows.record(job_id).job.status == "cancelled"
    assert supervisor._TICK_S <= 0.5  # so that a job ends within a second or two


def test_step_speed_is_stored_under_step_and_pace(rows: Rows):
    rows.job(work_s=2.0)
    claim = rows.claim()
    planned = Planned([PlannedStep("a", 1.0, kept=False, pace="draft")])
    child = Child(planned, StepStarted("a", 60.0), StepFinished("a", [], 4.0))
    Supervisor(claim, rows.queue, child, LEASE_S, Stop()).run()
    assert rows.queue.speeds("test") == {"a@draft": 2.0}


def test_use_of_caches_is_counted_when_the_step_ends(rows: Rows):
    rows.job()
    finished = StepFinished("a", [], 4.0, [CacheUse("stems", 1, 2)])
    child = Child(Planned([PlannedStep("a", 1.0, kept=False)]), StepStarted("a", 60.0), finished)
    Supervisor(rows.claim(), rows.queue, child, LEASE_S, Stop()).run()
    assert read_figures(rows.database).caches == {"stems": (1, 2)}


def test_title_is_stored(rows: Rows):
    job_id = rows.job()
    child = Child(Retitled("Two (dark edit)"))
    Supervisor(rows.claim(), rows.queue, child, LEASE_S, Stop()).run()
    assert rows.record(job_id).job.title == "Two (dark edit)"


def test_job_whose_step_fails_during_a_stop_is_released(rows: Rows):
    job_id, claim, stop = rows.job(), rows.claim(), Stop()
    child = Child(Failed(Failure("tool_failed", "ffmpeg failed.")))
    child.read(0.0)  # the silent read
    stop.set()
    Supervisor(claim, rows.queue, child, LEASE_S, stop).run()
    job = rows.record(job_id).job
    assert (job.status, job.failure, job.crashes) == ("queued", None, 0)


def test_job_is_released_if_process_never_ran(rows: Rows):
    job_id, claim = rows.job(), rows.claim()
    with pytest.raises(ChildProcessError):
        Supervisor(claim, rows.queue, NeverRan(), LEASE_S, Stop()).run()
    job = rows.record(job_id).job
    assert (job.status, job.crashes) == ("queued", 0)


def test_short_audio_is_planned_as_a_second(rows: Rows):
    job_id = rows.job(work_s=0.1)
    child = Child(Planned([PlannedStep("a", 3.0, kept=False)]))
    Supervisor(rows.claim(), rows.queue, child, LEASE_S, Stop()).run()
    assert [step.cost_s for step in rows.record(job_id).steps] == [3.0]


@pytest.mark.parametrize(("status", "how"), [(-9, "(signal 9)"), (1, "(status 1)")])
def test_crash_says_how_the_process_ended(rows: Rows, status: int, how: str):
    job_id = rows.job()
    for _ in range(MAX_CRASHES):
        Supervisor(rows.claim(), rows.queue, Killed(status), LEASE_S, Stop()).run()
    failure = rows.record(job_id).job.failure
    assert failure is not None
    assert how in failure.message
    assert failure.retryable


def test_step_over_its_limit_fails_and_can_be_retried(rows: Rows):
    job_id = rows.job()
    child = Child(Planned([PlannedStep("a", 1.0, kept=False)]), StepStarted("a", -1.0))
    Supervisor(rows.claim(), rows.queue, child, LEASE_S, Stop()).run()
    failure = rows.record(job_id).job.failure
    assert failure is not None
    assert (failure.code, failure.retryable) == ("step_timeout", True)


def test_each_of_two_running_steps_keeps_its_limit(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    job_id, clock = rows.job(work_s=60.0), Clock()
    claim = rows.claim()
    monkeypatch.setattr(supervisor, "time", clock)
    child = SilentChild(20, clock)
    child._says[0] = [StepStarted("a", 5.0), StepStarted("b", 60.0)]
    Supervisor(claim, rows.queue, child, LEASE_S, Stop()).run()
    failure = rows.record(job_id).job.failure
    assert failure is not None
    assert failure.code == "step_timeout"
    assert "“a”" in failure.message
    assert clock.now_s < 1010.0


def test_ended_step_does_not_limit_the_one_beside_it(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    job_id, clock = rows.job(work_s=60.0), Clock()
    claim = rows.claim()
    monkeypatch.setattr(supervisor, "time", clock)
    child = SilentChild(20, clock)
    child._says[0] = [StepStarted("a", 5.0), StepStarted("b", 60.0)]
    child._says[1] = [StepFinished("a", [], 2.0)]
    Supervisor(claim, rows.queue, child, LEASE_S, Stop()).run()
    assert rows.record(job_id).job.status == "succeeded"


def test_steps_of_a_group_cost_what_the_longest_costs(rows: Rows):
    job_id, claim = rows.job(work_s=10.0), rows.claim()
    planned = Planned(
        [
            PlannedStep("a", 1.0, kept=False),
            PlannedStep("b", 3.0, kept=False, together="end"),
            PlannedStep("c", 1.0, kept=False, together="end"),
        ]
    )
    Supervisor(claim, rows.queue, Child(planned), LEASE_S, Stop()).run()
    costs_s = [step.cost_s for step in rows.record(job_id).steps]
    assert costs_s == pytest.approx([10.0, 22.5, 7.5])


def test_cost_and_speed_follow_the_share_of_the_request(rows: Rows):
    job_id, claim = rows.job(work_s=10.0), rows.claim()
    planned = Planned([PlannedStep("a", 1.0, kept=False, share=3.0)])
    child = Child(planned, StepStarted("a", 60.0), StepFinished("a", [], 60.0))
    Supervisor(claim, rows.queue, child, LEASE_S, Stop()).run()
    assert [step.cost_s for step in rows.record(job_id).steps] == [30.0]
    assert rows.queue.speeds("test") == {"a": 2.0}


def test_step_with_nearly_nothing_to_do_sets_no_speed(rows: Rows):
    rows.job(work_s=10.0)
    claim = rows.claim()
    planned = Planned([PlannedStep("a", 1.0, kept=False, share=0.0)])
    child = Child(planned, StepStarted("a", 60.0), StepFinished("a", [], 1.0))
    Supervisor(claim, rows.queue, child, LEASE_S, Stop()).run()
    assert rows.queue.speeds("test") == {}
