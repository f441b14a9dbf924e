"""Users take turns in the gate."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock

import pytest

from backend.app.services.library.fair_pool import FairPool
from tests.patience import PATIENCE_S, wait_until


class Bench:
    """Tasks that record their order, and wait until a test releases them."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_end = Event()
        self._lock = Lock()

    def work(self, name: str) -> str:
        with self._lock:
            self.begun.append(name)
        assert self.may_end.wait(PATIENCE_S)
        return name.upper()


@contextmanager
def pool_of(threads: int, per_user: int) -> Iterator[FairPool]:
    pool = FairPool(threads, per_user, "test")
    yield pool
    pool.close()


def names(user: str, n: int) -> list[str]:
    return [f"{user}{i}" for i in range(n)]


def test_one_file_waits_for_one_of_five_hundred():
    bench = Bench()
    with pool_of(1, per_user=1) as pool, ThreadPoolExecutor() as requests:
        many = requests.submit(pool.map, "ann", bench.work, names("a", 500))
        wait_until(lambda: bench.begun)
        one = requests.submit(pool.map, "bob", bench.work, ["b"])
        wait_until(lambda: "bob" in pool._waiting)
        bench.may_end.set()
        assert one.result(PATIENCE_S) == ["B"]
        assert many.result(PATIENCE_S) == [name.upper() for name in names("a", 500)]
    assert bench.begun[:3] == ["a0", "b", "a1"]


def test_one_user_leaves_threads_to_others():
    bench = Bench()
    with pool_of(4, per_user=2) as pool, ThreadPoolExecutor() as requests:
        requests.submit(pool.map, "ann", bench.work, names("a", 9))
        wait_until(lambda: len(bench.begun) == 2)
        requests.submit(pool.map, "bob", bench.work, ["b"])
        wait_until(lambda: "b" in bench.begun)
        assert bench.begun == ["a0", "a1", "b"]
        bench.may_end.set()


def test_all_users_take_turns():
    bench = Bench()
    with pool_of(1, per_user=1) as pool, ThreadPoolExecutor() as requests:
        requests.submit(pool.map, "a", bench.work, names("a", 3))
        wait_until(lambda: bench.begun)
        for user in "bcd":
            requests.submit(pool.map, user, bench.work, names(user, 3))
            wait_until(lambda user=user: user in pool._waiting)
        bench.may_end.set()
        wait_until(lambda: len(bench.begun) == 12)
    assert "".join(name[0] for name in bench.begun) == "abcd" * 3


def test_requests_of_one_user_take_turns():
    bench = Bench()
    with pool_of(1, per_user=1) as pool, ThreadPoolExecutor() as requests:
        requests.submit(pool.map, "ann", bench.work, names("long", 9))
        wait_until(lambda: bench.begun)
        short = requests.submit(pool.map, "ann", bench.work, ["short"])
        wait_until(lambda: len(pool._waiting["ann"]) == 2)
        bench.may_end.set()
        assert short.result(PATIENCE_S) == ["SHORT"]
    assert bench.begun.index("short") <= 2


def test_error_of_a_task_is_raised_and_the_others_are_dropped():
    calls: list[int] = []

    def fail(number: int) -> None:
        calls.append(number)
        raise ZeroDivisionError

    with pool_of(1, per_user=1) as pool:
        with pytest.raises(ZeroDivisionError):
            pool.map("ann", fail, range(1000))
        assert pool.map("ann", str, [1]) == ["1"], "the pool goes on"
    assert len(calls) < 1000


def test_close_cancels_waiting_tasks():
    bench = Bench()
    with ThreadPoolExecutor() as requests:
        pool = FairPool(1, 1, "test")
        running = requests.submit(pool.map, "ann", bench.work, names("a", 3))
        wait_until(lambda: bench.begun)
        pool.close()
        bench.may_end.set()
        with pytest.raises(CancelledError):
            running.result(PATIENCE_S)
    assert bench.begun == ["a0"]


def test_request_that_comes_after_close_is_cancelled_though_all_threads_are_busy():
    bench = Bench()
    with ThreadPoolExecutor() as requests:
        pool = FairPool(1, 1, "test")
        requests.submit(pool.map, "ann", bench.work, ["a"])
        wait_until(lambda: bench.begun)
        pool.close()
        late = requests.submit(pool.map, "bob", bench.work, ["b"])
        try:
            with pytest.raises(CancelledError):
                late.result(PATIENCE_S)
        finally:
            bench.may_end.set()
