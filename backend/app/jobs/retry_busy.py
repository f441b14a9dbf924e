"""Repeat a call while the database is busy or full."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TypeVar

from ..errors import SegueError

# Waits between attempts; each attempt also waits for the lock.
RETRY_WAITS_S = (0.5, 1.0, 2.0)

T = TypeVar("T")


def retry_busy(call: Callable[[], T], stopping: Event) -> T:
    """Call, and repeat after a retryable error; a stop skips the waits."""
    for wait_s in RETRY_WAITS_S:
        try:
            return call()
        except SegueError as error:
            if not error.retryable:
                raise
        stopping.wait(wait_s)
    return call()
