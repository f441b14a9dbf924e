from itertools import pairwise

import pytest

from backend.app.jobs.estimate import (
    Turn,
    Waiting,
    progress_percent,
    queue_order,
    remaining_s,
    shares_of_groups,
    speed_of_kind,
    wait_s,
)
from backend.app.jobs.states import StepRecord, StepState


def step(state: StepState, progress: float, cost_s: float, running_s: float | None = None):
    return StepRecord("a", state, progress, cost_s, running_s=running_s)


DONE = step(StepState.SUCCEEDED, 1.0, 30.0)
HALF = step(StepState.RUNNING, 0.5, 60.0, running_s=20.0)
NEXT = step(StepState.WAITING, 0.0, 10.0)


def test_progress_weighs_steps_by_cost():
    assert progress_percent([DONE, HALF, NEXT]) == pytest.approx(60.0)
    assert progress_percent([]) == 0.0
    assert progress_percent([DONE]) == 100.0


def test_running_step_is_estimated_from_its_own_speed():
    assert remaining_s([HALF]) == pytest.approx(20.0)


def test_running_steps_end_side_by_side():
    other = step(StepState.RUNNING, 0.5, 60.0, running_s=50.0)
    assert remaining_s([DONE, HALF, other, NEXT]) == pytest.approx(50.0 + 10.0)


def test_group_costs_what_its_longest_step_costs():
    costs_s = [4.0, 30.0, 10.0, 6.0]
    shares = shares_of_groups(["", "end", "end", ""], costs_s)
    shared = [cost_s * share for cost_s, share in zip(costs_s, shares, strict=True)]
    assert shared == pytest.approx([4.0, 22.5, 7.5, 6.0])


def test_new_step_is_estimated_from_earlier_jobs():
    assert remaining_s([step(StepState.RUNNING, 0.0, 60.0, running_s=2.0)]) == pytest.approx(60.0)


def test_late_step_without_progress_takes_as_long_again():
    """It was expected to take 10 s; "10 seconds left" for seven minutes is wrong."""
    late = step(StepState.RUNNING, 0.0, 10.0, running_s=200.0)
    assert 200.0 <= remaining_s([late]) <= 400.0


def test_steps_to_come_are_as_slow_as_the_late_one():
    late = step(StepState.RUNNING, 0.9, 10.0, running_s=90.0)
    # Of the usual speed, 0.1 × 20 s: (2 + 90) / (2 + 10)
    assert remaining_s([late, NEXT]) == pytest.approx(10.0 + 10.0 * 92 / 12)


def test_own_speed_takes_over_without_a_jump():
    """The step takes twice as long as expected."""
    shares = [hundredth / 100 for hundredth in range(1, 100)]
    left_s = [
        remaining_s([step(StepState.RUNNING, share, 60.0, running_s=120.0 * share)])
        for share in shares
    ]
    steps_s = [after - before for before, after in pairwise(left_s)]
    assert max(map(abs, steps_s)) < 3.0  # a hundredth of the step lasts 1.2 s
    assert left_s[49:] == pytest.approx([120.0 * (1 - share) for share in shares[49:]])


def test_steps_to_come_are_as_slow_as_those_that_ended():
    """Another job runs on the machine, so everything takes four times as long."""
    ended = StepRecord("a", StepState.SUCCEEDED, 1.0, 30.0, seconds=120.0)
    to_come = step(StepState.WAITING, 0.0, 70.0)
    # A tenth of 100 s counts with the usual speed: (10 + 120) / (10 + 30).
    assert remaining_s([ended, to_come]) == pytest.approx(70.0 * 130 / 40)


def test_cached_step_does_not_speed_up_the_others():
    ended = StepRecord("a", StepState.SUCCEEDED, 1.0, 30.0, seconds=0.1)
    assert remaining_s([ended, step(StepState.WAITING, 0.0, 70.0)]) == pytest.approx(70.0)


def test_short_step_says_little_about_the_machine():
    ended = StepRecord("a", StepState.SUCCEEDED, 1.0, 0.01, seconds=1.0)
    to_come = step(StepState.WAITING, 0.0, 100.0)
    assert remaining_s([ended, to_come]) == pytest.approx(100.0, rel=0.15)


def test_kind_is_as_slow_as_the_slowest_pace_of_each_step():
    speeds = {"a@draft": 0.25, "a@htdemucs": 3.0, "a@fast": 0.125, "b": 0.5}
    assert speed_of_kind(speeds) == 3.5


def waiting(job: str, user: str, queued_s: float) -> Waiting:
    return Waiting(job, user, queued_s, 1.0)


def test_each_user_has_one_turn_per_round():
    jobs = [waiting("a1", "a", 1), waiting("a2", "a", 2), waiting("b1", "b", 3)]
    assert [job.job_id for job in queue_order(jobs, {})] == ["a1", "b1", "a2"]


def test_user_served_last_comes_last():
    jobs = [waiting("a1", "a", 1), waiting("b1", "b", 3)]
    turns = {"a": Turn(0, served_s=9.0), "b": Turn(0, served_s=8.0)}
    assert [job.job_id for job in queue_order(jobs, turns)] == ["b1", "a1"]


def test_running_jobs_count_as_turns():
    jobs = [waiting("a1", "a", 1), waiting("b1", "b", 3)]
    turns = {"a": Turn(running=1), "b": Turn(served_s=9.0)}
    assert [job.job_id for job in queue_order(jobs, turns)] == ["b1", "a1"]


def test_no_user_waits_more_than_twice_the_mean():
    users = [f"user{i:02}" for i in range(20)]
    jobs = [waiting(f"{u}-{k}", u, 10.0 * i + k) for i, u in enumerate(users) for k in range(10)]
    order = queue_order(jobs, {})
    places = {u: [i for i, job in enumerate(order) if job.user_id == u] for u in users}
    means = [sum(of_user) / len(of_user) for of_user in places.values()]
    assert max(means) <= 2 * (len(jobs) - 1) / 2
    assert max(of_user[0] for of_user in places.values()) < len(users)


def test_wait_divides_earlier_work_by_slots():
    assert wait_s([10.0, 20.0], [30.0], slots=1) == 60.0
    assert wait_s([10.0, 20.0], [30.0, 40.0], slots=2) == 50.0
    assert wait_s([], [30.0], slots=2) == 0.0
    assert wait_s([], [30.0, 40.0], slots=2) == 35.0
    assert wait_s([None], [30.0], slots=1) is None
