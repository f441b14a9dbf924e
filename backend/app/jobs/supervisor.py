"""One claimed job, watched from outside: its child's words become rows, its limits are kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import TypeVar

from ..errors import SegueError, StepTimeout
from .child import Child
from .estimate import paced
from .messages import (
    Done,
    Failed,
    Message,
    Noted,
    Paused,
    Planned,
    Progressed,
    StepFinished,
    StepStarted,
)
from .pipeline import default_limit_s
from .queue import Claim, ExpectedStep, JobQueue, Standing
from .states import Failure

log = logging.getLogger(__name__)

# How soon a cancelled job notices; a look at one row costs well under a millisecond.
_TICK_S = 0.25
# Of a lease, so that two beats may fail before it ends.
_BEATS_PER_LEASE = 3
# Between tries at a busy or full database, which itself waits for a lock before it says so.
_PATIENCE_S = (0.5, 1.0, 2.0)

Ending = Callable[[], None]
T = TypeVar("T")


@dataclass(slots=True)
class Supervisor:
    """Watches ``child`` until the job is through, or has to end; then writes down how it ended.

    Whatever happens, no process of the child's survives :meth:`run`.
    """

    claim: Claim
    queue: JobQueue
    child: Child
    lease_s: float
    stopping: Event
    _step: str = "starting"
    _paces: dict[str, str] = field(default_factory=dict)
    _ends_at: float = field(init=False)
    _beats_at: float = field(init=False)

    def __post_init__(self) -> None:
        now = time.monotonic()
        self._ends_at = now + default_limit_s(self.claim.work_s)
        self._beats_at = now + self.lease_s / _BEATS_PER_LEASE

    def run(self) -> None:
        """See the attempt through.

        Raises
        ------
        LeaseLost
            If the job has become somebody else's meanwhile.
        """
        try:
            ending = self._watch()
        finally:
            status = self.child.end()
        if ending is not None:
            self._write(ending)
        elif self.stopping.is_set():
            self._write(lambda: self.queue.released(self.claim))
        else:
            self._write(lambda: self.queue.crashed(self.claim, self._crash(status)))

    def _watch(self) -> Ending | None:
        """Wait for the end, and say what to write then; None if the child died."""
        while True:
            messages = self.child.read(_TICK_S)
            if messages is None:
                return None
            for message in messages:
                if ending := self._take(message):
                    self.child.bid_farewell()
                    return ending
            if ending := self._interruption():
                return ending

    def _take(self, message: Message) -> Ending | None:
        claim, queue = self.claim, self.queue
        match message:
            case Planned():
                self._plan(message)
            case StepStarted(step, limit_s):
                self._step, self._ends_at = step, time.monotonic() + limit_s
                self._write(lambda: queue.step_started(claim, step))
            case Progressed(step, fraction, detail):
                self._write(lambda: queue.progressed(claim, step, fraction, detail))
            case Noted(text):
                self._write(lambda: queue.noted(claim, text))
            case StepFinished(step, files, seconds):
                pace = self._paces.get(step, "")
                self._write(lambda: queue.step_finished(claim, step, files, seconds, pace))
                log.info("step %s finished in %.1f s", step, seconds)
            case Failed(failure):
                return None if self.stopping.is_set() else lambda: queue.failed(claim, failure)
            case Paused(until_s, why):
                return lambda: queue.paused(claim, until_s, why)
            case Done():
                return lambda: queue.succeeded(claim)
        return None

    def _plan(self, planned: Planned) -> None:
        speeds = self.queue.speeds(self.claim.kind)
        work_s = max(self.claim.work_s, 1.0)
        self._paces = {step.name: step.pace for step in planned.steps}
        steps = [
            ExpectedStep(
                step.name, speeds.get(paced(step.name, step.pace), step.weight) * work_s, step.kept
            )
            for step in planned.steps
        ]
        self._write(lambda: self.queue.planned(self.claim, steps))

    def _interruption(self) -> Ending | None:
        """Keep the lease, and say whether the attempt has to end now."""
        now = time.monotonic()
        if self.stopping.is_set():
            return lambda: self.queue.released(self.claim)
        match self._patiently(lambda: self.queue.standing(self.claim)):
            case Standing.CANCELLED:
                return lambda: self.queue.cancelled(self.claim)
            case Standing.LOST:
                return lambda: log.warning("the lease is lost; the job is somebody else's")
        if now > self._ends_at:
            return lambda: self.queue.failed(self.claim, self._overtime())
        if now > self._beats_at:
            self._write(lambda: self.queue.beat(self.claim, self.lease_s))
            self._beats_at = now + self.lease_s / _BEATS_PER_LEASE
        return None

    def _write(self, write: Callable[[], None]) -> None:
        """Write, with patience."""
        self._patiently(write)

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Ask the queue, again and again for a while where its database is busy or full.

        A stop cuts the waits short: there is no time for them, and one more try costs little.
        """
        for wait_s in _PATIENCE_S:
            try:
                return ask()
            except SegueError as error:
                if not error.retryable:
                    raise
            self.stopping.wait(wait_s)
        return ask()

    def _overtime(self) -> Failure:
        return Failure(
            StepTimeout.code,
            f"The step “{self._step}” took longer than it may.",
            "Retry goes on after the last finished step.",
            StepTimeout.retryable,
        )

    def _crash(self, status: int) -> Failure:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return Failure(
            "step_crashed",
            f"The step “{self._step}” was ended from outside, time after time ({how}).",
            "Most often there is too little memory: run fewer jobs at a time, then retry.",
            retryable=True,
        )
