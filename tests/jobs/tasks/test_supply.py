"""Tasks given to a child, and what happens to its results."""

from __future__ import annotations

import pytest

from backend.app.errors import StoreBusy
from backend.app.jobs.cache_uses import CacheUse
from backend.app.jobs.messages import Answer, Task, TaskFinished, TaskGiven, TasksOver
from backend.app.jobs.queue import Claim
from backend.app.jobs.tasks import supply
from backend.app.jobs.tasks.supply import TaskSupply
from backend.app.store.jobs.figures import read_figures
from backend.app.store.jobs.tasks import SqlTaskQueue
from backend.app.store.jobs.workers import Gpu, WorkerFacts, WorkerStore
from tests.jobs.rows import LEASE_S, Rows

STEP = "sewing"


class Worker:
    """A worker's supply, and the answers that its child got."""

    def __init__(self, rows: Rows, claim: Claim, owner: str, *, helps: bool) -> None:
        self.answers: list[Answer] = []
        self.supply = TaskSupply(
            SqlTaskQueue(rows.database),
            claim.job_id,
            owner,
            LEASE_S,
            self.answers.append,
            None if helps else claim.attempt,
        )

    def want(self) -> Answer | None:
        """Ask for a task; None if there is no answer yet."""
        before = len(self.answers)
        self.supply.want(STEP)
        self.supply.serve()
        return self.answers[-1] if len(self.answers) > before else None

    def finish(self, answer: Answer | None) -> None:
        assert isinstance(answer, TaskGiven)
        self.supply.finish(TaskFinished(STEP, answer.key, [], 1.0))


@pytest.fixture
def claim(rows: Rows) -> Claim:
    rows.job()
    claim = rows.claim("first")
    SqlTaskQueue(rows.database).planned(claim, STEP, [Task("a", 3.0), Task("b", 1.0)])
    return claim


@pytest.fixture
def own(rows: Rows, claim: Claim) -> Worker:
    return Worker(rows, claim, "first", helps=False)


@pytest.fixture
def other(rows: Rows, claim: Claim) -> Worker:
    return Worker(rows, claim, "second", helps=True)


def test_answer_states_the_share_of_the_task_and_of_what_is_done(own: Worker):
    first = own.want()
    assert first == TaskGiven(STEP, "a", 0.0, 0.75)
    own.finish(first)
    assert own.want() == TaskGiven(STEP, "b", 0.75, 0.25)


def test_use_of_caches_by_a_helper_is_counted(rows: Rows, other: Worker):
    given = other.want()
    assert isinstance(given, TaskGiven)
    other.supply.finish(TaskFinished(STEP, given.key, [], 1.0, [CacheUse("stems", 1, 2)]))
    assert read_figures(rows.database).caches == {"stems": (1, 2)}


def test_jobs_own_child_waits_for_the_tasks_of_others(own: Worker, other: Worker):
    own.finish(own.want())
    theirs = other.want()
    assert own.want() is None
    assert own.supply.is_asked
    other.finish(theirs)
    own.supply.serve()
    assert own.answers[-1] == TasksOver(STEP)
    assert not own.supply.is_asked


def test_helper_does_not_wait_for_others(own: Worker, other: Worker):
    own.want()
    own.want()
    assert other.want() == TasksOver(STEP)


def test_released_task_of_a_helper_is_given_to_the_waiting_child(own: Worker, other: Worker):
    own.finish(own.want())
    other.want()
    assert own.want() is None
    other.supply.release(failed=True)
    own.supply.serve()
    assert own.answers[-1] == TaskGiven(STEP, "b", 0.75, 0.25)


def test_helper_stops_when_a_job_waits_for_its_place(other: Worker):
    other.want()
    other.supply.may_go_on = lambda: False
    assert other.want() == TasksOver(STEP)


def test_result_of_a_lost_lease_is_not_stored(rows: Rows, own: Worker, other: Worker):
    theirs = other.want()
    rows.queue.expire_leases("second")
    assert own.want() == TaskGiven(STEP, "a", 0.0, 0.75)
    other.finish(theirs)
    assert own.supply.queue.standing(own.supply.job_id, STEP).left == 2


def test_task_is_not_lost_when_the_database_is_busy_after_taking_it(
    own: Worker, monkeypatch: pytest.MonkeyPatch
):
    def busy(*_: object) -> None:
        raise StoreBusy("busy")

    with monkeypatch.context() as patch:
        patch.setattr(SqlTaskQueue, "standing", busy)
        own.supply.want(STEP)
        with pytest.raises(StoreBusy):
            own.supply.serve()
    own.supply.serve()
    assert own.answers == [TaskGiven(STEP, "a", 0.0, 0.75)]


def test_separation_goes_to_the_jobs_own_child_if_the_gpu_stays_busy(
    rows: Rows, claim: Claim, own: Worker, monkeypatch: pytest.MonkeyPatch
):
    gpu = WorkerFacts("with-gpu", ("gpu",), 4, (), "1", Gpu("Tesla T4", 5, 10))
    WorkerStore(rows.database).describe(gpu)
    SqlTaskQueue(rows.database).planned(claim, STEP, [Task("song", 9.0, "gpu")])
    assert own.want() is None
    monkeypatch.setattr(supply, "SPARE_GPU_S", 0.0)
    own.supply.serve()
    [given] = own.answers
    assert isinstance(given, TaskGiven)
    assert given.key == "song"
