"""Simulated workers against times that can be worked out by hand."""

from random import Random

import pytest

from bench.scale.simulate import Delays, simulate
from bench.scale.table import percentile
from bench.scale.workload import Arrival, Step, mixtape, poisson

NO_DELAYS = Delays(0.0, 0.0)
WHOLE = (Step("ordering", (10.0,)),)


def test_one_worker_runs_jobs_one_after_the_other():
    cluster = simulate([Arrival(0.0, "ann", WHOLE), Arrival(1.0, "bob", WHOLE)], 1, Delays(0.5, 0))
    assert [job.took_s for job in cluster.ended] == [10.5, 20.0]
    assert [job.waited_s for job in cluster.ended] == [0.0, 9.5]
    assert cluster.busy_s == 21.0


def test_workers_share_a_split_step():
    steps = (Step("mixing", (4.0, 2.0, 2.0)),)
    (job,) = simulate([Arrival(0.0, "ann", steps)], 2, Delays(0.0, 1.0)).ended
    # The job's worker takes the longest task; the helper starts a second later.
    assert job.took_s == 5.0
    (alone,) = simulate([Arrival(0.0, "ann", steps)], 1, NO_DELAYS).ended
    assert alone.took_s == 8.0


def test_short_steps_are_not_split():
    (job,) = simulate([Arrival(0.0, "ann", (Step("mixing", (1.0, 1.0)),))], 2, NO_DELAYS).ended
    assert job.took_s == 2.0


def test_helpers_leave_when_a_job_waits():
    split = (Step("mixing", (5.0,) * 4),)
    arrivals = [Arrival(0.0, "ann", split), Arrival(1.0, "bob", WHOLE)]
    first, second = sorted(simulate(arrivals, 2, NO_DELAYS).ended, key=lambda job: job.arrival.at_s)
    assert second.started_s == 5.0  # after the helper's first task
    assert first.took_s == 15.0  # of four tasks, the helper did one


def test_users_take_turns():
    arrivals = [*(Arrival(0.1 * n, "ann", WHOLE) for n in range(4)), Arrival(1.0, "bob", WHOLE)]
    ended = simulate(arrivals, 1, NO_DELAYS).ended
    assert [job.arrival.user for job in ended] == ["ann", "bob", "ann", "ann", "ann"]


def test_mixtapes_steps_split_as_segue_splits_them():
    steps = {step.name: step for step in mixtape({"analysing": 9.0, "planning": 3.0}, 3, 12.0)}
    assert steps["analysing"].tasks_s == (3.0, 3.0, 3.0)
    assert steps["planning"].tasks_s == (3.0,)
    (known,) = mixtape({"analysing": 9.0}, 3, 12.0, known=0.5)
    assert known.seconds == pytest.approx(4.5)


def test_arrivals_have_the_requested_rate():
    times = list(poisson(1000.0, 36_000.0, Random(3)))
    assert len(times) == pytest.approx(10_000, rel=0.03)
    assert times == sorted(times)


def test_percentiles_are_values_of_the_list():
    assert percentile([5, 1, 4, 2, 3], 50) == 3
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7], 95) == 7
