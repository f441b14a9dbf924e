"""Run a job's remaining steps inside the child process."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Generic

from ..errors import NotBefore, SegueError, storage_error
from .cache_uses import CACHE_USES
from .messages import (
    Done,
    Failed,
    Message,
    Noted,
    Order,
    Paused,
    Planned,
    Progressed,
    Retitled,
    StepFinished,
    StepStarted,
    TasksPlanned,
)
from .pipeline import JobT, Pipeline, Step, StepContext, groups_of
from .states import Failure
from .tasks.exchange import Exchange
from .tasks.run_tasks import is_worth_splitting, run_tasks
from .together import run_together
from .workspace import Workspace, WrittenFile

log = logging.getLogger(__name__)
Send = Callable[[Message], None]

# Five updates a second look continuous and do not load the database.
_PROGRESS_EVERY_S = 0.2
# Joining the results of tasks takes a small part of the time.
_TASKS_SHARE = 0.9


def run_order(
    order: Order,
    pipeline: Pipeline[JobT],
    send: Send,
    exchange: Exchange | None = None,
    workspace: Workspace | None = None,
) -> None:
    """Run the remaining steps; the last message is ``Done``, ``Failed`` or ``Paused``.

    With an ``exchange``, steps split into tasks that other workers may take. If the order names a
    step, run only tasks of that step, as the supervisor gives them. ``workspace`` shares the job's
    files with other machines; by default, this machine has them.
    """
    workspace = workspace or Workspace(Path(order.workspace), order.attempt)
    CACHE_USES.take()  # counts of this process before the attempt
    attempt = _Attempt(order, pipeline, send, workspace, exchange)
    try:
        if order.step and exchange is not None:
            attempt.help(exchange)
        else:
            attempt.run()
    except NotBefore as error:
        log.info("the job pauses: %s", error.code)
        send(Paused(error.until_s, error.message))
    except Exception as error:  # noqa: BLE001  the job runner: report any error of a step
        send(Failed(failure_of(error)))
    else:
        send(Done())


@dataclass(frozen=True, slots=True)
class _Attempt(Generic[JobT]):
    order: Order
    pipeline: Pipeline[JobT]
    send: Send
    workspace: Workspace
    exchange: Exchange | None

    def run(self) -> None:
        self.workspace.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.workspace.clear_parts()
        job = self.pipeline.open(self.order.inputs)
        steps = self.pipeline.steps_for(job)
        remaining = self._remaining(steps)
        self.send(Planned([step.planned(job, kept=step not in remaining) for step in steps]))
        for group in groups_of(remaining):
            run_together([partial(self._run_step, step, job) for step in group])
        self.workspace.clear_scratch()

    def help(self, exchange: Exchange) -> None:
        """Run tasks of another worker's job."""
        log.info("helping with step %s", self.order.step)
        job = self.pipeline.open(self.order.inputs)
        step = next(one for one in self.pipeline.steps_for(job) if one.name == self.order.step)
        if step.split is not None:
            quiet = StepContext(job, self.workspace, lambda _: None, lambda _: None)
            run_tasks(step.name, step.split(quiet), self.workspace, exchange)

    def _remaining(self, steps: tuple[Step[JobT], ...]) -> tuple[Step[JobT], ...]:
        """The steps that must run: from the first without intact files on, and their sources.

        A finished step without files stores its results outside the workspace, where they may be
        deleted. So it runs again while other steps remain, and reuses the results that still exist.
        A step with intact files is kept even if it belongs to the same group as the first step to
        run.
        """
        finished = {step.name: step.files for step in self.order.finished}
        for count, step in enumerate(steps):
            if not self._is_intact(finished.get(step.name)):
                elsewhere = tuple(step for step in steps[:count] if not finished[step.name])
                kept = [
                    other
                    for other in groups_of(steps[count:])[0][1:]
                    if finished.get(other.name) and self._is_intact(finished[other.name])
                ]
                return elsewhere + tuple(step for step in steps[count:] if step not in kept)
        return ()

    def _is_intact(self, files: tuple[WrittenFile, ...] | None) -> bool:
        return files is not None and all(self.workspace.holds(file) for file in files)

    def _run_step(self, step: Step[JobT], job: JobT, check: Callable[[], None]) -> None:
        log.info("step %s starts", step.name)
        self.send(StepStarted(step.name, step.limit_s(self.order.work_s)))
        workspace = self.workspace.for_step()
        started = time.monotonic()
        progress = Progress(step.name, self.send, check)
        ctx = StepContext(job, workspace, progress, self._note, progress.say, self._retitle)
        step.run(self._after_tasks(step, ctx))
        seconds = time.monotonic() - started
        self.send(StepFinished(step.name, list(workspace.written), seconds, CACHE_USES.take()))
        log.info("step %s took %.1f s", step.name, seconds)

    def _after_tasks(self, step: Step[JobT], ctx: StepContext[JobT]) -> StepContext[JobT]:
        """Run the step's tasks, if it splits; return the context for the rest of the step."""
        if step.split is None or self.exchange is None:
            return ctx
        tasks = step.split(ctx)
        if not is_worth_splitting(tasks.left):
            return ctx
        self.send(TasksPlanned(step.name, list(tasks.left)))
        progress = ctx.part(0.0, _TASKS_SHARE).progress
        run_tasks(step.name, tasks, ctx.workspace, self.exchange, progress)
        return replace(
            ctx.part(_TASKS_SHARE, 1.0),
            is_split=True,
            task_keys=frozenset(task.key for task in tasks.left),
        )

    def _note(self, text: str) -> None:
        self.send(Noted(text))

    def _retitle(self, title: str) -> None:
        self.send(Retitled(title))


@dataclass(slots=True)
class Progress:
    """A step's progress callback: forwards changes at most five times a second.

    A text about the work that came too soon is sent with the next call of either kind.
    """

    step: str
    send: Send
    check: Callable[[], None] = lambda: None  # raises if the step must end
    clock: Callable[[], float] = time.monotonic
    _fraction: float = 0.0
    _detail: str | None = None
    _sent: tuple[float, str | None] = (0.0, None)
    _sent_s: float = float("-inf")

    def __call__(self, fraction: float) -> None:
        """Report that the step's progress is ``fraction``, 0 to 1."""
        self.check()
        self._fraction = max(self._fraction, min(fraction, 1.0))
        self._forward()

    def say(self, text: str) -> None:
        """Report what the step is working on."""
        self.check()
        self._detail = text
        self._forward()

    def _forward(self) -> None:
        now, current = self.clock(), (self._fraction, self._detail)
        if current == self._sent or now - self._sent_s < _PROGRESS_EVERY_S:
            return
        self._sent, self._sent_s = current, now
        self.send(Progressed(self.step, *current))


def failure_of(error: Exception) -> Failure:
    """Convert an error to a message for the user; log unexpected ones as "internal"."""
    error = storage_error(error) or error
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
        "internal",
        "Something went wrong on our side.",
        "Retry; if it fails again, report the job's id.",
    )
