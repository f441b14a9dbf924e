"""Calls that wake threads are not lost."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from backend.app.jobs.wakeups import Wakeups
from tests.patience import PATIENCE_S


def test_call_before_the_wait_is_not_lost():
    wakeups = Wakeups()
    seen = wakeups.count
    wakeups.wake()
    wakeups.wait(seen, 10 * PATIENCE_S)
    assert wakeups.count == seen + 1


def test_one_call_wakes_all_threads():
    wakeups = Wakeups()
    with ThreadPoolExecutor(3) as pool:
        waits = [pool.submit(wakeups.wait, 0, 10 * PATIENCE_S) for _ in range(3)]
        wakeups.wake()
        for wait in waits:
            wait.result(PATIENCE_S)


def test_wait_ends_without_a_call():
    wakeups = Wakeups()
    began = time.monotonic()
    wakeups.wait(wakeups.count, 0.01)
    assert time.monotonic() - began >= 0.01
