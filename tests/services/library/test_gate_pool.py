"""Pools of the gate are independent, and stop immediately."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.app.errors import Stopping
from backend.app.media.ffmpeg.confinement import Confinement, start_process, time_limit
from backend.app.services.library.gate_pool import GatePool
from tests.patience import PATIENCE_S, wait_until


def run_for_ever(_file: int) -> int:
    """Wait for a decoder that does not end; return its exit status."""
    process = start_process(["sleep", str(10 * PATIENCE_S)], confinement=Confinement())
    running.append(process.pid)
    with time_limit(process, 10 * PATIENCE_S):
        pass
    return process.returncode


USER = "ann"
running: list[int] = []


@pytest.fixture
def pool():
    running.clear()
    pool = GatePool("test")
    yield pool
    pool.stop()


def test_verdicts_come_in_the_order_of_the_files(pool: GatePool) -> None:
    assert pool.map(USER, lambda n: n * n, range(9)) == [n * n for n in range(9)]


def test_error_of_a_check_reaches_the_caller(pool: GatePool) -> None:
    with pytest.raises(RuntimeError, match="bug"):
        pool.map(USER, lambda _: exec("raise RuntimeError('bug')"), [1])


def test_stopped_pool_kills_its_decoders_and_drops_waiting_files(pool: GatePool) -> None:
    n_files = 3 * (os.cpu_count() or 1)
    with ThreadPoolExecutor(1) as caller:
        verdicts = caller.submit(pool.map, USER, run_for_ever, range(n_files))
        wait_until(lambda: len(running) == os.cpu_count())
        pool.stop()
        with pytest.raises(Stopping):
            verdicts.result(PATIENCE_S)
    assert len(running) == os.cpu_count()


def test_stopped_pool_refuses_files(pool: GatePool) -> None:
    pool.stop()
    with pytest.raises(Stopping):
        pool.map(USER, run_for_ever, [1])


def test_decoder_started_by_a_thread_of_a_stopped_pool_is_killed(pool: GatePool) -> None:
    may_start = threading.Event()

    def start_late(file: int) -> int:
        running.append(0)
        may_start.wait(PATIENCE_S)
        return run_for_ever(file)

    with ThreadPoolExecutor(1) as caller:
        verdicts = caller.submit(pool.map, USER, start_late, [1])
        wait_until(lambda: running)
        pool.stop()
        may_start.set()
        with pytest.raises(Stopping):
            verdicts.result(PATIENCE_S)


def test_full_pool_delays_no_other_pool(pool: GatePool) -> None:
    other = GatePool("other")
    with ThreadPoolExecutor(1) as caller:
        busy = caller.submit(pool.map, USER, run_for_ever, range(os.cpu_count() or 1))
        wait_until(lambda: len(running) == os.cpu_count())
        assert other.map(USER, lambda n: n, [7]) == [7]
        assert not busy.done()
        pool.stop()
    other.stop()
