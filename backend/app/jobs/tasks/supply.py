"""Give the tasks of one job to the child that asks for them, under leases."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ..messages import Answer, TaskFinished, TaskGiven, TasksOver
from ..queue import LeaseLost
from .queue import TaskClaim, TaskQueue

log = logging.getLogger(__name__)

SPARE_GPU_S = 20.0
"""The job's own child leaves a task to a worker with a GPU for so long, in case that one is busy.
On a GPU, a song is separated in a few seconds."""


@dataclass(slots=True)
class TaskSupply:
    """Takes tasks for a child, and stores its results; not thread-safe.

    With ``attempt``, the child is the job's own: it waits until the tasks of other workers are
    done. Without, it helps another worker's job until no task is open or ``may_go_on`` is False.
    All methods may raise what the queue raises, and can then be called again.
    """

    queue: TaskQueue
    job_id: str
    owner: str
    lease_s: float
    answer: Callable[[Answer], None]
    attempt: int | None = None
    may_go_on: Callable[[], bool] = lambda: True
    _held: dict[tuple[str, str], TaskClaim] = field(default_factory=dict)
    _taken: dict[str, TaskClaim] = field(default_factory=dict)
    _wanted: Counter[str] = field(default_factory=Counter)
    _asked_at: dict[str, float] = field(default_factory=dict)

    @property
    def is_asked(self) -> bool:
        """Whether the child waits for an answer."""
        return self._wanted.total() > 0

    def hold(self, task: TaskClaim) -> None:
        """Give this task first."""
        self._taken[task.step] = self._held[task.step, task.key] = task

    def want(self, step: str) -> None:
        """Note that a thread of the child waits for a task."""
        self._wanted[step] += 1
        self._asked_at[step] = time.monotonic()

    def serve(self) -> None:
        """Answer those who wait, as far as there are answers."""
        for step in list(self._wanted):
            while self._wanted[step] and (answer := self._next(step)):
                self.answer(answer)
                self._taken.pop(step, None)
                self._wanted[step] -= 1

    def finish(self, message: TaskFinished) -> None:
        """Store a finished task, unless its lease was lost."""
        task = self._held.get((message.step, message.key))
        if task is None:
            return
        try:
            self.queue.finished(task, message.files, message.seconds, message.caches)
        except LeaseLost:
            log.warning("a task of step %s was taken by another worker", message.step)
        del self._held[message.step, message.key]

    def fail(self, step: str, key: str) -> None:
        """Leave a task that failed here to other workers."""
        task = self._held.get((step, key))
        if task is not None:
            self.queue.released([task], failed=True)
            del self._held[step, key]

    def beat(self) -> None:
        """Renew the leases of the tasks that the child runs."""
        self.queue.beat(self._held.values(), self.lease_s)

    def release(self, *, failed: bool = False) -> None:
        """Open the child's tasks again; ``failed`` says that they may have killed it."""
        self.queue.released(self._held.values(), failed=failed)
        self._held.clear()

    def _spares_gpu(self, step: str) -> bool:
        is_own = self.attempt is not None
        return is_own and time.monotonic() < self._asked_at[step] + SPARE_GPU_S

    def _next(self, step: str) -> Answer | None:
        """The answer to a thread that waits; None if there is none yet."""
        task = self._taken.get(step)
        if task is None and self.may_go_on():
            which = (self.job_id, step, self.owner, self.lease_s, self.attempt)
            task = self.queue.take(*which, spares_gpu=self._spares_gpu(step))
            if task is not None:
                self.hold(task)
        if task is None:
            is_over = self.attempt is None or self.queue.standing(self.job_id, step).is_over
            return TasksOver(step) if is_over else None
        standing = self.queue.standing(self.job_id, step)
        return TaskGiven(step, task.key, standing.done, standing.share_of(task))
