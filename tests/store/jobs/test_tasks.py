"""Tasks of running jobs: who takes which, leases, fences, and their end with the job."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from backend.app.jobs.messages import Task
from backend.app.jobs.owners import own_name
from backend.app.jobs.queue import Claim, LeaseLost
from backend.app.jobs.states import Failure
from backend.app.jobs.tasks.queue import MOST_HELPER_FAILURES, Standing, TaskClaim
from backend.app.jobs.workspace import WrittenFile
from backend.app.store.jobs.tables import TASKS
from backend.app.store.jobs.tasks import SqlTaskQueue
from backend.app.store.jobs.workers import Gpu, WorkerFacts, WorkerStore
from tests.jobs.rows import LEASE_S, NO_QUOTA, Rows

FILE = WrittenFile(".scratch/a.mp3", None, 3, "00")
STEP = "mixing"


@pytest.fixture
def tasks(rows: Rows) -> SqlTaskQueue:
    return SqlTaskQueue(rows.database)


def running_job(rows: Rows, tasks: SqlTaskQueue, *keys: str, user: str = "ann") -> Claim:
    """A claimed job with these tasks; the first takes longest."""
    rows.job(user)
    claim = rows.claim("first")
    costs = range(len(keys), 0, -1)
    tasks.planned(claim, STEP, [Task(key, cost) for key, cost in zip(keys, costs, strict=True)])
    return claim


def take(tasks: SqlTaskQueue, claim: Claim) -> TaskClaim | None:
    return tasks.take(claim.job_id, STEP, claim.owner, LEASE_S, claim.attempt)


def help_with(tasks: SqlTaskQueue, owner: str = "second", lease_s: float = LEASE_S) -> TaskClaim:
    found = tasks.help(owner, lease_s, "work")
    assert found is not None
    return found.task


def end_lease(rows: Rows, task: TaskClaim) -> None:
    rows.database.change(update(TASKS).where(TASKS.c.id == task.id).values(lease_until=0.0))


def stored(rows: Rows) -> list[tuple[str, str]]:
    query = select(TASKS.c.key, TASKS.c.state).order_by(TASKS.c.key)
    with rows.database.read() as session:
        return [(row.key, row.state) for row in session.connection().execute(query)]


def test_own_worker_and_helper_take_different_tasks(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a", "b")
    own, other = take(tasks, claim), help_with(tasks)
    assert own is not None
    assert (own.key, other.key) == ("a", "b")
    assert take(tasks, claim) is None
    assert tasks.help("third", LEASE_S, "work") is None


def test_longest_task_is_taken_first(rows: Rows, tasks: SqlTaskQueue):
    rows.job()
    claim = rows.claim()
    tasks.planned(claim, STEP, [Task("short", 1.0), Task("long", 9.0)])
    assert help_with(tasks).key == "long"


def test_helper_gets_what_its_child_needs(rows: Rows, tasks: SqlTaskQueue):
    rows.job(inputs='{"a": 1}', work_s=12.5)
    tasks.planned(rows.claim(), STEP, [Task("a", 1.0)])
    found = tasks.help("second", LEASE_S, "work")
    assert found is not None
    assert (found.kind, found.inputs, found.work_s) == ("test", '{"a": 1}', 12.5)


def test_standing_counts_what_is_left(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a", "b")
    tasks.finished(help_with(tasks), [FILE], 0.5)
    assert tasks.standing(claim.job_id, STEP) == Standing(1, 2.0, 3.0)


def test_task_whose_worker_vanished_is_taken_again(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    lost = help_with(tasks)
    end_lease(rows, lost)
    again = take(tasks, claim)
    assert again is not None
    assert (again.key, again.attempt) == ("a", 2)
    with pytest.raises(LeaseLost):
        tasks.finished(lost, [FILE], 0.5)
    tasks.finished(again, [FILE], 0.5)


def test_beat_renews_only_valid_claims(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a", "b")
    lost, held = help_with(tasks), help_with(tasks)
    end_lease(rows, lost)
    again = take(tasks, claim)
    assert again is not None
    for one in (again, held):
        end_lease(rows, one)
    tasks.beat([lost, held], LEASE_S)
    assert take(tasks, claim) is not None  # the lost one
    assert take(tasks, claim) is None


def test_finished_task_is_not_finished_twice(rows: Rows, tasks: SqlTaskQueue):
    running_job(rows, tasks, "a")
    task = help_with(tasks)
    tasks.finished(task, [FILE], 0.5)
    with pytest.raises(LeaseLost):
        tasks.finished(task, [FILE], 0.5)
    assert tasks.help("third", LEASE_S, "work") is None


def test_task_that_fails_elsewhere_is_left_to_the_jobs_own_worker(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    for _ in range(MOST_HELPER_FAILURES):
        tasks.released([help_with(tasks)], failed=True)
    assert tasks.help("second", LEASE_S, "work") is None
    assert tasks.open_in("work", 10) == []
    assert take(tasks, claim) is not None


def test_released_task_is_taken_again(rows: Rows, tasks: SqlTaskQueue):
    running_job(rows, tasks, "a")
    for _ in range(MOST_HELPER_FAILURES + 1):
        tasks.released([help_with(tasks)], failed=False)
    assert help_with(tasks).key == "a"


@pytest.mark.parametrize("end", ["cancel", "fail", "crash", "release", "lease"])
def test_no_helper_takes_a_task_of_a_job_that_ended(rows: Rows, tasks: SqlTaskQueue, end: str):
    claim = running_job(rows, tasks, "a", "b")
    held = help_with(tasks)
    match end:
        case "cancel":
            rows.jobs.cancel("ann", claim.job_id)
        case "fail":
            rows.queue.failed(claim, Failure("oops", "It broke."))
        case "crash":
            rows.queue.crashed(claim, Failure("oops", "It broke."))
        case "release":
            rows.queue.released(claim)
        case "lease":
            rows.set(claim.job_id, lease_until=0.0)
    assert tasks.help("third", LEASE_S, "work") is None
    if end != "lease":  # until another worker claims the job, its helpers may go on
        assert not tasks.is_wanted(claim.job_id)
        assert tasks.take(claim.job_id, STEP, "second", LEASE_S) is None
    if end not in ("lease", "cancel"):
        with pytest.raises(LeaseLost):
            tasks.finished(held, [FILE], 0.5)


def test_finished_tasks_outlive_a_crash_of_the_job(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a", "b")
    tasks.finished(help_with(tasks), [FILE], 0.5)
    rows.queue.crashed(claim, Failure("oops", "It broke."))
    assert stored(rows) == [("a", "done")]
    tasks.planned(rows.claim("third"), STEP, [Task("b", 1.0)])
    assert stored(rows) == [("a", "done"), ("b", "open")]


def test_new_attempt_leaves_a_helper_its_task(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a", "b")
    held = help_with(tasks)
    assert take(tasks, claim) is not None
    rows.queue.expire_leases(claim.owner)
    again = rows.claim("third")
    tasks.planned(again, STEP, [Task("a", 2.0), Task("b", 1.0)])
    taken = take(tasks, again)
    assert taken is not None
    assert taken.key == "b"
    assert take(tasks, again) is None
    tasks.finished(held, [FILE], 0.5)


def test_lost_attempt_plans_no_tasks(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    rows.set(claim.job_id, lease_until=0.0)
    rows.claim("third")
    with pytest.raises(LeaseLost):
        tasks.planned(claim, STEP, [])
    assert stored(rows) == [("a", "open")]


def test_worker_that_lost_the_job_takes_no_task(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    rows.set(claim.job_id, lease_until=0.0)
    rows.claim("third")
    assert take(tasks, claim) is None


def test_ended_job_keeps_no_tasks(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    tasks.finished(help_with(tasks), [FILE], 0.5)
    rows.queue.succeeded(claim)
    assert stored(rows) == []


def test_deleted_job_takes_its_tasks_along(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    tasks.finished(help_with(tasks), [FILE], 0.5)
    rows.queue.failed(claim, Failure("oops", "It broke."))
    rows.jobs.delete("ann", claim.job_id)
    assert stored(rows) == []


def test_user_with_fewer_helpers_is_helped_first(rows: Rows, tasks: SqlTaskQueue):
    rows.user("bob")
    anns = running_job(rows, tasks, "a", "b")
    bobs = running_job(rows, tasks, "c", "d", user="bob")
    helped = [help_with(tasks).job_id for _ in range(3)]
    assert helped == [anns.job_id, bobs.job_id, anns.job_id]


def test_helper_skips_other_lanes_and_jobs_that_it_is_unfit_for(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    assert tasks.help("second", LEASE_S, "net") is None
    assert tasks.help("second", LEASE_S, "work", unfit=[claim.job_id]) is None
    assert tasks.help("second", LEASE_S, "work") is not None


def test_helper_runs_a_limited_number_for_one_user(rows: Rows, tasks: SqlTaskQueue):
    running_job(rows, tasks, "a", "b", "c")
    assert tasks.help("first", LEASE_S, "work", 1) is None  # it runs the job itself
    assert tasks.help("second", LEASE_S, "work", 1) is not None
    assert tasks.help("second", LEASE_S, "work", 1) is None


def test_tasks_of_a_dead_process_are_taken_over(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    owner = own_name()
    help_with(tasks, owner)
    assert rows.queue.owners() == {claim.owner, owner}
    rows.queue.expire_leases(owner)
    time.sleep(0.01)
    assert take(tasks, claim) is not None


def test_open_tasks_are_counted_by_lane(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a", "b", "c")
    assert tasks.open_in("work", 10) == [claim.job_id] * 3
    assert tasks.open_in("work", 2) == [claim.job_id] * 2
    assert tasks.open_in("net", 10) == []
    help_with(tasks)
    assert len(tasks.open_in("work", 10)) == 2


def test_retried_job_plans_its_tasks_anew(rows: Rows, tasks: SqlTaskQueue):
    claim = running_job(rows, tasks, "a")
    rows.queue.failed(claim, Failure("oops", "It broke."))
    assert rows.jobs.retry("ann", claim.job_id, quota=NO_QUOTA)
    again = rows.claim()
    tasks.planned(again, STEP, [Task("a", 1.0)])
    assert take(tasks, again) is not None


def test_racing_workers_never_take_the_same_task(rows: Rows, tasks: SqlTaskQueue):
    keys = [str(number) for number in range(24)]
    claim = running_job(rows, tasks, *keys)

    def race(owner: str) -> list[str]:
        found = iter(lambda: tasks.help(owner, LEASE_S, "work"), None)
        return [one.task.key for one in found]

    with ThreadPoolExecutor(4) as pool:
        taken = [key for keys in pool.map(race, ["a", "b", "c", "d"]) for key in keys]
    assert sorted(taken) == sorted(keys)
    assert take(tasks, claim) is None


def gpu_worker(rows: Rows) -> WorkerStore:
    """The rows of workers, one of which has a GPU."""
    workers = WorkerStore(rows.database)
    workers.describe(WorkerFacts("with-gpu", ("gpu",), 4, (), "1", Gpu("Tesla T4", 5, 10)))
    return workers


def job_with_a_separation(rows: Rows, tasks: SqlTaskQueue, lane: str = "work") -> Claim:
    rows.job(lane=lane)
    claim = rows.queue.claim("first", LEASE_S, lane)
    assert claim is not None
    tasks.planned(claim, STEP, [Task("song", 9.0, "gpu"), Task("other", 1.0)])
    return claim


def test_separation_is_left_to_a_worker_with_a_gpu(rows: Rows, tasks: SqlTaskQueue):
    gpu_worker(rows)
    claim = job_with_a_separation(rows, tasks)
    assert tasks.open_in("gpu", 9) == [claim.job_id]
    assert tasks.open_in("work", 9) == [claim.job_id]
    assert help_with(tasks).key == "other"
    assert tasks.help("third", LEASE_S, "work") is None
    found = tasks.help("with-gpu", LEASE_S, "gpu")
    assert found is not None
    assert found.task.key == "song"


def test_jobs_own_worker_takes_a_separation_unless_it_spares_the_gpu(
    rows: Rows, tasks: SqlTaskQueue
):
    gpu_worker(rows)
    claim = job_with_a_separation(rows, tasks)
    asked = (claim.job_id, STEP, claim.owner, LEASE_S, claim.attempt)
    keys = [tasks.take(*asked, spares_gpu=True), tasks.take(*asked, spares_gpu=True)]
    assert [one and one.key for one in keys] == ["other", None]
    late = tasks.take(*asked)
    assert late is not None
    assert late.key == "song"


def test_without_a_living_gpu_separations_are_in_their_jobs_lane(rows: Rows, tasks: SqlTaskQueue):
    gpu_worker(rows).leave("with-gpu")
    claim = job_with_a_separation(rows, tasks)
    assert tasks.open_in("gpu", 9) == []
    assert help_with(tasks).key == "song"
    own = tasks.take(claim.job_id, STEP, claim.owner, LEASE_S, claim.attempt, spares_gpu=True)
    assert own is not None


def test_job_of_the_gpus_lane_separates_at_once(rows: Rows, tasks: SqlTaskQueue):
    gpu_worker(rows)
    claim = job_with_a_separation(rows, tasks, "gpu")
    own = tasks.take(claim.job_id, STEP, claim.owner, LEASE_S, claim.attempt, spares_gpu=True)
    assert own is not None
    assert own.key == "song"
