"""Regular work beside jobs: expiry, sweeps, the jobs of dead processes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

from .owners import is_dead
from .queue import JobQueue

log = logging.getLogger(__name__)

CHECK_OWNERS_S = 10.0


@dataclass(frozen=True, slots=True)
class Chore:
    """Work of the housekeeping thread, done at the start and then every ``every_s`` seconds."""

    run: Callable[[], None]
    every_s: float


def keep_house(chores: Sequence[Chore], stopping: Event) -> None:
    """Do each chore when it is due, until ``stopping``."""
    due_s = [time.monotonic()] * len(chores)
    while not stopping.is_set():
        for i, chore in enumerate(chores):
            if time.monotonic() >= due_s[i]:
                due_s[i] = time.monotonic() + chore.every_s
                _do(chore)
        stopping.wait(max(0.0, min(due_s) - time.monotonic()))


def expire_dead_owners(queue: JobQueue, wake: Callable[[], None]) -> None:
    """Expire the leases of this host's dead processes, so that their jobs can be claimed."""
    for owner in queue.owners():
        if is_dead(owner):
            log.info("taking over the jobs of a dead process")
            queue.expire_leases(owner)
            wake()


def _do(chore: Chore) -> None:
    try:
        chore.run()
    # the outermost handler: other chores continue, and this one is tried again later
    except Exception:
        log.exception("housekeeping failed; trying again")
