"""Supervise one attempt: store the child's messages, enforce limits, renew the lease."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import TypeVar

from ..errors import StepTimeout
from .estimate import paced, shares_of_groups
from .messages import (
    Done,
    Failed,
    Message,
    Noted,
    Paused,
    Planned,
    PlannedStep,
    Progressed,
    Retitled,
    StepFinished,
    StepStarted,
    TaskFinished,
    TasksPlanned,
    TaskWanted,
)
from .pipeline import default_limit_s
from .processes.child import Child
from .queue import Claim, ClaimState, ExpectedStep, JobQueue
from .retry_busy import retry_busy
from .states import Failure
from .tasks.supply import TaskSupply

log = logging.getLogger(__name__)

# A cancellation is noticed after this long; reading one row takes far less than a millisecond.
_TICK_S = 0.25
# Two renewals may fail before the lease ends.
_BEATS_PER_LEASE = 3
# While the child waits for other workers' tasks: their end is noticed after this long.
_ASKED_TICK_S = 0.1

Ending = Callable[[], None]
T = TypeVar("T")


@dataclass(slots=True)
class Supervisor:
    """Watches ``child`` until the attempt ends, then stores the outcome.

    No process of the child survives :meth:`run`. With a ``supply``, steps may split into tasks;
    ``wake`` is called when there are tasks for other workers, ``changed`` with the job's id after
    messages of the child were stored.
    """

    claim: Claim
    queue: JobQueue
    child: Child
    lease_s: float
    stopping: Event
    supply: TaskSupply | None = None
    wake: Callable[[], None] = lambda: None
    changed: Callable[[str], None] = lambda _: None
    _step: str = "starting"
    _running: set[str] = field(default_factory=set)
    _planned: dict[str, PlannedStep] = field(default_factory=dict)
    _ends_at: dict[str, float] = field(init=False)
    _beats_at: float = field(init=False)

    def __post_init__(self) -> None:
        now = time.monotonic()
        self._ends_at = {self._step: now + default_limit_s(self.claim.work_s)}
        self._beats_at = now + self.lease_s / _BEATS_PER_LEASE

    def run(self) -> None:
        """Supervise the attempt until it ends.

        Raise :class:`LeaseLost` if another supervisor has claimed the job meanwhile, and
        :class:`ChildProcessError` if no process could be started; then the job is released.
        """
        try:
            ending = self._watch()
        finally:
            status = self.child.end()
        if self.supply is not None:
            self._retry(self.supply.release)
        if ending is not None:
            self._retry(ending)
        elif self.stopping.is_set():
            self._retry(lambda: self.queue.released(self.claim))
        elif status is None:
            self._retry(lambda: self.queue.released(self.claim))
            raise ChildProcessError("the attempt's process was not started")
        else:
            self._retry(lambda: self.queue.crashed(self.claim, self._crash(status)))

    def _watch(self) -> Ending | None:
        """Wait for the end; return the write that stores it, or None if the child died."""
        while True:
            is_asked = self.supply is not None and self.supply.is_asked
            messages = self.child.read(_ASKED_TICK_S if is_asked else _TICK_S)
            if messages is None:
                return None
            for message in messages:
                if ending := self._take(message):
                    self.child.wait_for_exit()
                    return ending
            if messages:
                self.changed(self.claim.job_id)
            if ending := self._interruption():
                return ending
            if self.supply is not None:
                self._retry(self.supply.serve)

    def _take(self, message: Message) -> Ending | None:
        claim, queue = self.claim, self.queue
        match message:
            case Planned():
                self._plan(message)
            case StepStarted(step, limit_s):
                self._begin(step, limit_s)
                self._retry(lambda: queue.step_started(claim, step))
            case Progressed(step, fraction, detail):
                self._retry(lambda: queue.progressed(claim, step, fraction, detail))
            case Noted(text):
                self._retry(lambda: queue.noted(claim, text))
            case Retitled(title):
                self._retry(lambda: queue.retitled(claim, title))
            case StepFinished(step, files, seconds, caches):
                plan = self._planned.get(step)
                pace, share = (plan.pace, plan.share) if plan else ("", 1.0)
                end = partial(queue.step_finished, claim, step, files, seconds, pace, share)
                self._retry(lambda: end(caches))
                self._end(step)
                log.info("step %s finished in %.1f s", step, seconds)
            case TasksPlanned() | TaskWanted() | TaskFinished() if self.supply is not None:
                self._share(message, self.supply)
            case Failed(failure):
                return None if self.stopping.is_set() else lambda: queue.failed(claim, failure)
            case Paused(until_s, why):
                return lambda: queue.paused(claim, until_s, why)
            case Done():
                return lambda: queue.succeeded(claim)
        return None

    def _share(self, message: TasksPlanned | TaskWanted | TaskFinished, supply: TaskSupply) -> None:
        match message:
            case TasksPlanned(step, tasks):
                self._retry(lambda: supply.queue.planned(self.claim, step, tasks))
                self.wake()
            case TaskWanted(step):
                supply.want(step)
            case TaskFinished():
                self._retry(lambda: supply.finish(message))

    def _begin(self, step: str, limit_s: float) -> None:
        if not self._running:
            self._ends_at.clear()
        self._running.add(step)
        self._step = step
        self._ends_at[step] = time.monotonic() + limit_s

    def _end(self, step: str) -> None:
        """Remove a step's time limit; the last one stays until another step begins."""
        self._running.discard(step)
        if self._running:
            self._ends_at.pop(step, None)

    def _plan(self, planned: Planned) -> None:
        speeds = self.queue.speeds(self.claim.kind)
        work_s = max(self.claim.work_s, 1.0)
        self._planned = {step.name: step for step in planned.steps}
        costs_s = [
            work_s * step.share * speeds.get(paced(step.name, step.pace), step.weight)
            for step in planned.steps
        ]
        shares = shares_of_groups([step.together for step in planned.steps], costs_s)
        steps = [
            ExpectedStep(step.name, cost_s * share, step.kept)
            for step, cost_s, share in zip(planned.steps, costs_s, shares, strict=True)
        ]
        self._retry(lambda: self.queue.planned(self.claim, steps))

    def _interruption(self) -> Ending | None:
        """Renew the lease; return how the attempt must end, if it must end now."""
        now = time.monotonic()
        if self.stopping.is_set():
            return lambda: self.queue.released(self.claim)
        match self._retry(lambda: self.queue.claim_state(self.claim)):
            case ClaimState.CANCELLED:
                return lambda: self.queue.cancelled(self.claim)
            case ClaimState.LOST:
                return lambda: log.warning("the lease is lost; another process has the job")
        late = [step for step, ends_at in self._ends_at.items() if now > ends_at]
        if late:
            return lambda: self.queue.failed(self.claim, self._overtime(late[0]))
        if now > self._beats_at:
            if self.supply is not None:
                self._retry(self.supply.beat)
            self._retry(lambda: self.queue.beat(self.claim, self.lease_s))
            self._beats_at = now + self.lease_s / _BEATS_PER_LEASE
        return None

    def _retry(self, call: Callable[[], T]) -> T:
        return retry_busy(call, self.stopping)

    def _overtime(self, step: str) -> Failure:
        return Failure(
            StepTimeout.code,
            f"The step “{step}” exceeded its time limit.",
            "Retry to continue after the last finished step.",
            StepTimeout.retryable,
        )

    def _crash(self, status: int) -> Failure:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return Failure(
            "step_crashed",
            f"The step “{self._step}” was killed repeatedly ({how}).",
            "The usual cause is too little memory: run fewer jobs at a time, then retry.",
            retryable=True,
        )
