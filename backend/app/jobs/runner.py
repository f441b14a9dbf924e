"""One attempt at a job, inside its child process: the steps that are left, in order."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from ..errors import NotBefore, SegueError, StorageFull
from .messages import (
    Done,
    Failed,
    Message,
    Noted,
    Order,
    Paused,
    Planned,
    Progressed,
    StepFinished,
    StepStarted,
)
from .pipeline import JobT, Pipeline, Step, StepContext
from .states import Failure
from .workspace import Workspace

log = logging.getLogger(__name__)
Tell = Callable[[Message], None]

# Five a second looks continuous, and costs the database nothing.
_PROGRESS_EVERY_S = 0.2


def run_order(order: Order, pipeline: Pipeline[JobT], tell: Tell) -> None:
    """Run what is left of the job; the last message is ``Done``, ``Failed`` or ``Paused``."""
    try:
        _Attempt(order, pipeline, tell, Workspace(Path(order.workspace), order.attempt)).run()
    except NotBefore as error:
        log.info("the job pauses: %s", error.code)
        tell(Paused(error.until_s, error.message))
    except Exception as error:  # noqa: BLE001  the job runner: whatever a step does, the job says so
        tell(Failed(failure_of(error)))
    else:
        tell(Done())


@dataclass(frozen=True, slots=True)
class _Attempt(Generic[JobT]):
    order: Order
    pipeline: Pipeline[JobT]
    tell: Tell
    workspace: Workspace

    def run(self) -> None:
        self.workspace.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.workspace.clear_parts()
        job = self.pipeline.open(self.order.inputs)
        steps = self.pipeline.steps_for(job)
        left = self._left(steps)
        self.tell(Planned([step.planned(job, kept=step not in left) for step in steps]))
        for step in left:
            self._take(step, job)
        self.workspace.clear_aside()

    def _left(self, steps: tuple[Step[JobT], ...]) -> tuple[Step[JobT], ...]:
        """The steps that are not finished with all their files unharmed, and what they go by.

        A finished step without files left what it made outside of the workspace, where it may be
        gone by now. So it is taken again while anything is left: it finds what is still there.
        """
        finished = {step.name: step.files for step in self.order.finished}
        for count, step in enumerate(steps):
            files = finished.get(step.name)
            if files is None or not all(self.workspace.holds(file) for file in files):
                elsewhere = tuple(step for step in steps[:count] if not finished[step.name])
                return elsewhere + steps[count:]
        return ()

    def _take(self, step: Step[JobT], job: JobT) -> None:
        log.info("step %s starts", step.name)
        self.tell(StepStarted(step.name, step.limit_s(self.order.work_s)))
        self.workspace.written.clear()
        began = time.monotonic()
        progress = Progress(step.name, self.tell)
        step.run(StepContext(job, self.workspace, progress, self._note, progress.say))
        seconds = time.monotonic() - began
        self.tell(StepFinished(step.name, list(self.workspace.written), seconds))
        log.info("step %s took %.1f s", step.name, seconds)

    def _note(self, text: str) -> None:
        self.tell(Noted(text))


@dataclass(slots=True)
class Progress:
    """A step's progress callable: forwards what is news, at most five times a second.

    Words that came too soon after the last ones go out with the next call of either kind.
    """

    step: str
    tell: Tell
    clock: Callable[[], float] = time.monotonic
    _fraction: float = 0.0
    _detail: str | None = None
    _told: tuple[float, str | None] = (0.0, None)
    _told_s: float = float("-inf")

    def __call__(self, fraction: float) -> None:
        """Take note that the step is at ``fraction`` of its way."""
        self._fraction = max(self._fraction, min(fraction, 1.0))
        self._forward()

    def say(self, text: str) -> None:
        """Take note of what the step is at, in words."""
        self._detail = text
        self._forward()

    def _forward(self) -> None:
        now, news = self.clock(), (self._fraction, self._detail)
        if news == self._told or now - self._told_s < _PROGRESS_EVERY_S:
            return
        self._told, self._told_s = news, now
        self.tell(Progressed(self.step, *news))


def failure_of(error: Exception) -> Failure:
    """What to tell the user of an error; one that is not ours is logged and stays "internal"."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        error = StorageFull(
            "The server's disk is full.", hint="Free some space, then retry: it goes on from here."
        )
    if isinstance(error, SegueError):
        log.warning("the job fails: %s", error.code)
        return Failure(error.code, error.message, error.hint, error.retryable)
    log.error("the job fails unexpectedly", exc_info=error)
    if isinstance(error, MemoryError):
        return Failure(
            "out_of_memory",
            "The server ran out of memory.",
            "Run fewer jobs at a time, or give it more memory, then retry.",
            retryable=True,
        )
    return Failure(
        "internal", "Something went wrong on our side.", "Retry; if it stays, tell us the job's id."
    )
