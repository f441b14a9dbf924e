import pytest

from backend.app.jobs.estimate import (
    Turn,
    Waiting,
    progress_percent,
    queue_order,
    remaining_s,
    wait_s,
)
from backend.app.jobs.states import StepRecord, StepState


def step(state: StepState, progress: float, cost_s: float, running_s: float | None = None):
    return StepRecord("a", state, progress, cost_s, running_s=running_s)


DONE = step(StepState.SUCCEEDED, 1.0, 30.0)
HALF = step(StepState.RUNNING, 0.5, 60.0, running_s=20.0)
NEXT = step(StepState.WAITING, 0.0, 10.0)


def test_progress_weighs_steps_by_what_they_cost():
    assert progress_percent([DONE, HALF, NEXT]) == pytest.approx(60.0)
    assert progress_percent([]) == 0.0
    assert progress_percent([DONE]) == 100.0


def test_a_step_under_way_is_judged_by_its_own_pace():
    assert remaining_s([DONE, HALF, NEXT]) == pytest.approx(20.0 + 10.0)


def test_a_step_just_begun_is_judged_by_earlier_jobs():
    begun = step(StepState.RUNNING, 0.05, 60.0, running_s=20.0)
    assert remaining_s([begun]) == pytest.approx(57.0)


def waiting(job: str, user: str, queued_s: float) -> Waiting:
    return Waiting(job, user, queued_s, 1.0)


def test_in_a_round_everybody_has_one_turn():
    jobs = [waiting("a1", "a", 1), waiting("a2", "a", 2), waiting("b1", "b", 3)]
    assert [job.job_id for job in queue_order(jobs, {})] == ["a1", "b1", "a2"]


def test_who_was_served_last_comes_last():
    jobs = [waiting("a1", "a", 1), waiting("b1", "b", 3)]
    turns = {"a": Turn(0, served_s=9.0), "b": Turn(0, served_s=8.0)}
    assert [job.job_id for job in queue_order(jobs, turns)] == ["b1", "a1"]


def test_nobody_waits_more_than_twice_the_mean_of_a_fair_queue():
    users = [f"user{i:02}" for i in range(20)]
    jobs = [waiting(f"{u}-{k}", u, 10.0 * i + k) for i, u in enumerate(users) for k in range(10)]
    order = queue_order(jobs, {})
    places = {u: [i for i, job in enumerate(order) if job.user_id == u] for u in users}
    means = [sum(of_user) / len(of_user) for of_user in places.values()]
    assert max(means) <= 2 * (len(jobs) - 1) / 2
    assert max(of_user[0] for of_user in places.values()) < len(users)


def test_the_wait_is_what_goes_first_shared_by_the_slots():
    assert wait_s([10.0, 20.0], [30.0], slots=1) == 60.0
    assert wait_s([10.0, 20.0], [30.0, 40.0], slots=2) == 50.0
    assert wait_s([], [30.0], slots=2) == 0.0
    assert wait_s([None], [30.0], slots=1) is None
