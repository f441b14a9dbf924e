"""Task queue interface: the tasks of running jobs, their leases and fences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ..cache_uses import CacheUse
from ..messages import Task
from ..queue import Claim
from ..states import FinishedStep
from ..workspace import WrittenFile

MOST_HELPER_FAILURES = 2
"""A task that failed for so many other workers is left to the job's own."""


class TaskState(StrEnum):
    """State of a task."""

    OPEN = "open"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TaskClaim:
    """The right to run a task until its lease ends; ``owner`` and ``attempt`` are its fence."""

    id: int
    job_id: str
    step: str
    key: str
    owner: str
    attempt: int
    cost_s: float


@dataclass(frozen=True, slots=True)
class Help:
    """A task of another worker's job, with what a child needs to run it."""

    task: TaskClaim
    kind: str
    inputs: str
    work_s: float
    finished: tuple[FinishedStep, ...]

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self.task.job_id


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the tasks of a step are: those not done, and expected seconds, done and in all."""

    left: int
    done_s: float
    total_s: float

    @property
    def is_over(self) -> bool:
        """Whether all tasks are done."""
        return self.left == 0

    @property
    def done(self) -> float:
        """Share that is done, by cost."""
        return self.done_s / max(self.total_s, 1e-9)

    def share_of(self, task: TaskClaim) -> float:
        """A task's share of the step's cost."""
        return task.cost_s / max(self.total_s, 1e-9)


class TaskQueue(Protocol):
    """Interface to the tasks of running jobs.

    A task is open, running under a lease, or done. The job's own worker takes tasks (:meth:`take`),
    and so do others (:meth:`help`). When the job ends or waits, all tasks that are not done are
    deleted: a worker that still runs one finds its claim void.

    Every method is one transaction and may be called from any thread. All may raise ``StoreBusy``
    or ``StorageFull``. After an error nothing has changed.
    """

    def planned(self, claim: Claim, step: str, tasks: Sequence[Task]) -> None:
        """Open the tasks of a step, except those that another worker is running.

        Raise ``LeaseLost`` if the job's claim is void.
        """

    def take(
        self,
        job_id: str,
        step: str,
        owner: str,
        lease_s: float,
        attempt: int | None = None,
        *,
        spares_gpu: bool = False,
    ) -> TaskClaim | None:
        """Take the next task of a step; None if none is open, or the job has ended.

        ``attempt`` is that of the job if ``owner`` runs it; without, ``owner`` helps. With
        ``spares_gpu``, tasks for a GPU are left to a worker that has one, if one is alive and the
        job is in another lane.
        """

    def help(
        self,
        owner: str,
        lease_s: float,
        lane: str,
        per_user: int | None = None,
        unfit: Collection[str] = (),
    ) -> Help | None:
        """Take a task of this lane whose job another worker runs; None if none is open.

        A task for a GPU is in that lane while a worker with a GPU is alive, else in its job's.

        The user whom the fewest others help comes first, then the job that started first. Tasks of
        the jobs ``unfit`` are skipped, and so are those of users of whom ``owner`` runs
        ``per_user`` jobs and tasks of the lane.
        """

    def standing(self, job_id: str, step: str) -> Standing:
        """Return how far the tasks of a step are."""

    def open_in(self, lane: str, limit: int) -> Sequence[str]:
        """Return the job's id for each open task of a lane, at most ``limit``."""

    def is_wanted(self, job_id: str) -> bool:
        """Whether the job is running and not cancelled."""

    def beat(self, tasks: Collection[TaskClaim], lease_s: float) -> None:
        """Renew the leases of those tasks whose claims are valid."""

    def finished(
        self,
        task: TaskClaim,
        files: Sequence[WrittenFile],
        seconds: float,
        caches: Sequence[CacheUse] = (),
    ) -> None:
        """Store a finished task with its files, and add ``caches`` to the counts of all jobs.

        Raise ``LeaseLost`` if its claim is void.
        """

    def released(self, tasks: Collection[TaskClaim], *, failed: bool) -> None:
        """Open tasks again whose claims are valid; ``failed`` counts a failure of each."""
