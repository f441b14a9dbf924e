"""Run a step's tasks in the child, as its supervisor gives them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from ..cache_uses import CACHE_USES
from ..messages import Task, TaskFailed, TaskFinished, TaskGiven
from ..pipeline import TaskList
from ..together import OtherStepFailed, run_together
from ..workspace import Workspace
from .exchange import Exchange

LEAST_COST_S = 4.0
"""Steps that cost less on one core are not split: starting another process and opening a job takes
about half a second, and each task two writes to the database."""


def is_worth_splitting(tasks: Sequence[Task]) -> bool:
    """Whether other workers would save more time than the split costs."""
    return len(tasks) > 1 and sum(task.cost_s for task in tasks) >= LEAST_COST_S


def run_tasks(
    step: str,
    tasks: TaskList,
    workspace: Workspace,
    exchange: Exchange,
    progress: Callable[[float], None] = lambda _: None,
) -> None:
    """Run tasks in as many threads as the step uses, until there are no more; raise a failure.

    ``progress`` is called with the share that is done by all workers; what it raises ends the
    tasks.
    """
    tally = _Tally(progress)

    def work(check: Callable[[], None]) -> None:
        def is_needed() -> None:
            check()
            tally.repeat()

        while given := exchange.want(step, is_needed):
            _run(given, tasks, workspace, exchange, partial(tally.count, given, check))
            tally.finish(given)

    run_together([work] * max(1, tasks.at_once))


def _run(
    given: TaskGiven,
    tasks: TaskList,
    workspace: Workspace,
    exchange: Exchange,
    progress: Callable[[float], None],
) -> None:
    began = time.monotonic()
    try:
        progress(0.0)
        paths = tasks.run(given.key, progress)
    except OtherStepFailed:
        raise
    except BaseException:
        exchange.send(TaskFailed(given.step, given.key))
        raise
    files = [workspace.written_by_task(path) for path in paths]
    seconds = time.monotonic() - began
    exchange.send(TaskFinished(given.step, given.key, files, seconds, CACHE_USES.take()))


@dataclass(slots=True)
class _Tally:
    """Adds up what is done: by all workers when a task was given, and by this child since."""

    progress: Callable[[float], None]
    _done: float = 0.0
    _running: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, given: TaskGiven, check: Callable[[], None], fraction: float) -> None:
        """Report that ``fraction`` of a task is done."""
        check()
        with self._lock:
            self._done = max(self._done, given.done)
            self._running[given.key] = given.share * fraction
        self.repeat()

    def finish(self, given: TaskGiven) -> None:
        """Count a task that this child has finished."""
        with self._lock:
            self._running.pop(given.key, None)
            self._done += given.share

    def repeat(self) -> None:
        """Report the present share, also to notice that the step must end."""
        with self._lock:
            share = min(1.0, self._done + sum(self._running.values()))
        self.progress(share)
