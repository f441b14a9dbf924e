"""How an upload takes its time: chunks, waits, and when it gives up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ..errors import NotBefore, SegueError

Answer = TypeVar("Answer")
CHUNK_UNIT = 256 * 1024
"""A chunk that is not the last is a multiple of this (YouTube Data API, "Resumable uploads")."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Waits and chunks; real ones unless a test hurries.

    Attributes
    ----------
    chunk_bytes : what is lost at most where the line breaks, and what is in memory at a time
    first_wait_s, longest_wait_s : before the first try after a failure; the waits double up to the
        longest
    most_failures : in a row; with the waits above that is some five minutes
    longest_pause_s : where YouTube asks for a longer wait, the job is handed back meanwhile
    looks_s : the waits before each look whether a video has appeared
    random : 0 to 1, for jitter: jobs that failed together do not come back together
    """

    chunk_bytes: int = 32 * CHUNK_UNIT
    first_wait_s: float = 1.0
    longest_wait_s: float = 64.0
    most_failures: int = 10
    longest_pause_s: float = 300.0
    looks_s: tuple[float, ...] = (0.0, 5.0, 15.0, 40.0)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    random: Callable[[], float] = random.random


class Unsure(Exception):
    """No answer, or none that tells how things stand: one asks again.

    ``error`` is what to say where one has asked often enough, ``wait_s`` what YouTube wants to be
    waited for.
    """

    def __init__(self, error: SegueError, wait_s: float = 0.0) -> None:
        super().__init__(error.code)
        self.error = error
        self.wait_s = wait_s


@dataclass(slots=True)
class Patience:
    """Counts failures in a row, and waits longer after each."""

    pace: Pace
    failures: int = field(default=0, init=False)

    def wait(self, unsure: Unsure) -> None:
        """Wait before the next try.

        Raises
        ------
        SegueError
            ``unsure.error``, after too many failures in a row.
        NotBefore
            If YouTube wants to be left alone for longer than a job should sleep.
        """
        pace = self.pace
        self.failures += 1
        if self.failures >= pace.most_failures:
            raise unsure.error
        backoff_s = min(pace.longest_wait_s, pace.first_wait_s * 2.0 ** (self.failures - 1))
        wait_s = max(unsure.wait_s, backoff_s * (0.5 + 0.5 * pace.random()))
        if wait_s > pace.longest_pause_s:
            raise NotBefore("YouTube asks for a pause.", until_s=pace.clock() + wait_s)
        pace.sleep(wait_s)

    def until_sure(self, ask: Callable[[], Answer]) -> Answer:
        """What ``ask`` answers, which is called until it is not ``Unsure``; raises as ``wait``."""
        while True:
            try:
                return ask()
            except Unsure as unsure:
                self.wait(unsure)

    def renew(self) -> None:
        """Something has got further."""
        self.failures = 0
