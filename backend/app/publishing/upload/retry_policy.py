"""Retry policy of uploads: chunk size, waits, and when to give up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ...errors import NotBefore, SegueError

Answer = TypeVar("Answer")
CHUNK_UNIT = 256 * 1024
"""All chunks except the last are multiples of this (YouTube Data API, "Resumable uploads")."""


def search_waits_s(first_s: float) -> tuple[float, ...]:
    """Return the waits before each search of the channel; ``first_s`` precedes the second one.

    >>> search_waits_s(5.0)
    (0.0, 5.0, 15.0, 40.0)
    """
    return (0.0, first_s, 3 * first_s, 8 * first_s)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Chunk size, and waits between retries; tests use shorter ones."""

    chunk_bytes: int = 32 * CHUNK_UNIT  # held in memory, and sent again if the connection breaks
    first_wait_s: float = 1.0  # after the first failure; each further wait is twice as long
    longest_wait_s: float = 64.0
    most_failures: int = 10  # failures in a row; with the waits above, ten take about five minutes
    # if YouTube asks for a longer pause, the job goes back to the queue
    longest_pause_s: float = 300.0
    looks_s: tuple[float, ...] = search_waits_s(5.0)  # waits before searches of the channel
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    # Random share of a wait, 0 to 1, so that jobs that failed together retry at different times.
    random: Callable[[], float] = random.random


class RetryNeeded(Exception):
    """YouTube's answer is missing or inconclusive, so it must be asked again.

    ``error`` is raised after too many retries; ``wait_s`` is the pause that YouTube asks for.
    """

    def __init__(self, error: SegueError, wait_s: float = 0.0) -> None:
        super().__init__(error.code)
        self.error = error
        self.wait_s = wait_s


@dataclass(slots=True)
class Retries:
    """Counts failures in a row, and waits longer after each."""

    policy: RetryPolicy
    failures: int = field(default=0, init=False)

    def wait(self, needed: RetryNeeded) -> None:
        """Wait before the next attempt; after too many failures raise ``needed.error``.

        Raise ``NotBefore`` if YouTube asks for a longer pause than a job should sleep.
        """
        policy = self.policy
        self.failures += 1
        if self.failures >= policy.most_failures:
            raise needed.error
        backoff_s = min(policy.longest_wait_s, policy.first_wait_s * 2.0 ** (self.failures - 1))
        wait_s = max(needed.wait_s, backoff_s * (0.5 + 0.5 * policy.random()))
        if wait_s > policy.longest_pause_s:
            raise NotBefore("YouTube asks for a pause.", until_s=policy.clock() + wait_s)
        policy.sleep(wait_s)

    def run(self, ask: Callable[[], Answer]) -> Answer:
        """Call ``ask`` until it needs no retry; raises as :meth:`wait`."""
        while True:
            try:
                return ask()
            except RetryNeeded as needed:
                self.wait(needed)
