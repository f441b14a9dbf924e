"""Watch a child that helps with the tasks of another worker's job."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Event

from ..messages import Done, Failed, Message, Paused, TaskFailed, TaskFinished, TaskWanted
from ..processes.child import Child
from ..retry_busy import retry_busy
from .supply import TaskSupply

log = logging.getLogger(__name__)

# An end of the job is noticed after this long.
_TICK_S = 0.25
_BEATS_PER_LEASE = 3


@dataclass(slots=True)
class HelperSupervisor:
    """Watches ``child`` until it finds no more tasks, or the job ends.

    The child's failures are not the job's: its tasks are opened again, and in the end left to the
    job's own worker. No process of the child survives :meth:`run`.
    """

    supply: TaskSupply
    child: Child
    stopping: Event
    _beats_at: float = 0.0

    def run(self) -> bool:
        """Supervise the child until it ends; return whether it could do its work."""
        try:
            outcome = self._watch()
        finally:
            self.child.end()
        killed = outcome is None and not self.stopping.is_set()
        retry_busy(lambda: self.supply.release(failed=killed), self.stopping)
        return bool(outcome)

    def _watch(self) -> bool | None:
        """Wait for the end; None if the child died by itself."""
        while True:
            messages = self.child.read(_TICK_S)
            if messages is None:
                return None
            for message in messages:
                outcome = self._take(message)
                if outcome is not None:
                    self.child.wait_for_exit()
                    return outcome
            if self._must_end():
                return True
            retry_busy(self.supply.serve, self.stopping)

    def _take(self, message: Message) -> bool | None:
        match message:
            case TaskWanted(step):
                self.supply.want(step)
            case TaskFinished():
                retry_busy(lambda: self.supply.finish(message), self.stopping)
            case TaskFailed(step, key):
                retry_busy(lambda: self.supply.fail(step, key), self.stopping)
            case Failed(failure):
                log.warning("cannot help with the job: %s", failure.code)
                return False
            case Paused():  # a service is away; this worker may help again
                return True
            case Done():
                return True
        return None

    def _must_end(self) -> bool:
        """Renew the leases; return whether the job or this worker ends."""
        now, supply = time.monotonic(), self.supply
        if self.stopping.is_set():
            return True
        if not retry_busy(lambda: supply.queue.is_wanted(supply.job_id), self.stopping):
            return True
        if now > self._beats_at:
            retry_busy(supply.beat, self.stopping)
            self._beats_at = now + supply.lease_s / _BEATS_PER_LEASE
        return False
