"""A pool's tasks share one progress, and one failure stops all."""

from __future__ import annotations

import pytest

from backend.app.render.progress_pool import ProgressPool, Stopped


class Failure(Exception):
    pass


def test_progress_is_the_share_of_all_planned_samples() -> None:
    shares: list[float] = []
    with ProgressPool(1, shares.append) as pool:
        pool.plan(100)
        pool.plan(300)
        for n_samples in (100, 200, 100):
            pool.add(n_samples)
    assert shares == [0.25, 0.75, 1.0]


def test_progress_stays_at_one_past_the_plan() -> None:
    shares: list[float] = []
    with ProgressPool(1, shares.append) as pool:
        pool.add(0)  # nothing is planned yet
        pool.plan(10)
        pool.add(15)
    assert shares == [0.0, 1.0]


def test_a_tasks_own_progress_counts_for_its_share() -> None:
    shares: list[float] = []
    with ProgressPool(1, shares.append) as pool:
        pool.plan(200)
        task = pool.add_share_of(100)
        for share in (0.5, 0.5, 1.0):
            task(share)
    assert shares == [0.25, 0.25, 0.5]


def test_failed_progress_stops_every_task() -> None:
    def cancelled(_: float) -> None:
        raise Failure

    with pytest.raises(Failure), ProgressPool(1, cancelled) as pool:
        pool.plan(10)
        with pytest.raises(Failure):
            pool.add(1)
        with pytest.raises(Stopped):
            pool.add(1)
        raise Stopped


def test_first_failed_task_is_the_one_raised() -> None:
    def failing() -> None:
        raise Failure("first")

    with pytest.raises(Failure, match="first"), ProgressPool(1, lambda _: None) as pool:
        future = pool.submit(failing)
        assert isinstance(future.exception(), Failure)
        with pytest.raises(Stopped):
            pool.add(1)
        raise ValueError("second")


def test_results_of_tasks_are_returned() -> None:
    with ProgressPool(2, lambda _: None) as pool:
        assert pool.submit(max, 3, 7).result() == 7
