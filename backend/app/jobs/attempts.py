"""Claim jobs and tasks, and run them in a child process under supervision."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from ..logs import job_in_logs
from .messages import USUAL_NICENESS, Order
from .owners import own_name
from .processes.child import Child
from .processes.launcher import Launcher
from .queue import WORK, Claim, JobQueue, LeaseLost
from .states import Failure
from .supervisor import Supervisor
from .tasks.helping import HelperSupervisor
from .tasks.queue import Help, TaskQueue
from .tasks.supply import TaskSupply

log = logging.getLogger(__name__)

_UNFIT_KEPT = 100

_UNKNOWN_KIND = Failure(
    "other_version",
    "This kind of job belongs to another version of Segue.",
    "Delete it, or install that version again.",
)


@dataclass(frozen=True, slots=True)
class ExecutorOptions:
    """Options of an executor.

    ``pipelines`` names, for each job kind, the function that builds its pipeline as
    ``module:function``; it is called in the child with the child's settings. ``environment`` is
    added to the child's; so are the ``secrets`` of its kind, which no other kind gets. ``lanes``
    is the number of jobs at a time per lane, ``per_user`` how many of them may be one user's,
    ``niceness`` that of its children above this process's; ``workspaces`` holds the jobs' folders.
    """

    pipelines: Mapping[str, str]
    environment: Mapping[str, str]
    workspaces: Path
    lanes: Mapping[str, int] = field(default_factory=lambda: {WORK: 1})
    lease_s: float = 30.0
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    niceness: Mapping[str, int] = field(default_factory=dict)
    per_user: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Claims jobs under one owner's name, and runs them until ``stopping``.

    With ``tasks``, jobs share their work with other workers, and a place without a job helps them.
    ``wake`` is called when a job of this process has tasks for others, ``changed`` with the id of
    a job after its rows have changed. The methods may be called from any thread.
    """

    queue: JobQueue
    options: ExecutorOptions
    launcher: Launcher
    stopping: Event
    tasks: TaskQueue | None = None
    wake: Callable[[], None] = lambda: None
    changed: Callable[[str], None] = lambda _: None
    owner: str = field(default_factory=own_name)
    # jobs that this process could not help with, such as those that need a missing model
    _unfit: deque[str] = field(default_factory=lambda: deque(maxlen=_UNFIT_KEPT))

    def run_next(self, lanes: Sequence[str]) -> bool:
        """Run the next job of the first lane that has one, else help one; False if none needs it.

        Whole jobs come first: they are users who wait.
        """
        for lane in lanes:
            if not self.stopping.is_set() and (claim := self.claim(lane)):
                self.run(claim, lane)
                return True
        for lane in lanes:
            if not self.stopping.is_set() and (help_ := self._claim_help(lane)):
                self._help(help_, lane)
                return True
        return False

    def claim(self, lane: str) -> Claim | None:
        """Claim the next job of a lane; None if there is none for this owner."""
        per_user = self.options.per_user.get(lane)
        return self.queue.claim(self.owner, self.options.lease_s, lane, per_user)

    def run(self, claim: Claim, lane: str = WORK) -> None:
        """Run one attempt to its end; a lost lease ends it, too."""
        with job_in_logs(claim.job_id):
            log.info("attempt %d of a %s job starts", claim.attempt, claim.kind)
            if claim.kind not in self.options.pipelines:
                self.queue.failed(claim, _UNKNOWN_KIND)
                return
            child = self._child(claim, lane)
            try:
                self._supervisor(claim, child).run()
            except LeaseLost:
                log.warning("attempt %d lost its lease", claim.attempt)
            self.changed(claim.job_id)
            log.info("attempt %d has ended", claim.attempt)

    def _supervisor(self, claim: Claim, child: Child) -> Supervisor:
        lease_s, supply = self.options.lease_s, None
        if self.tasks is not None:
            supply = TaskSupply(
                self.tasks, claim.job_id, self.owner, lease_s, child.answer, claim.attempt
            )
        return Supervisor(
            *(claim, self.queue, child, lease_s, self.stopping, supply),
            wake=self.wake,
            changed=self.changed,
        )

    def _claim_help(self, lane: str) -> Help | None:
        if self.tasks is None:
            return None
        per_user = self.options.per_user.get(lane)
        return self.tasks.help(self.owner, self.options.lease_s, lane, per_user, self._unfit)

    def _help(self, help_: Help, lane: str) -> None:
        """Run tasks of another worker's job, until a job waits in the lane or none is open."""
        task = help_.task
        assert self.tasks is not None
        supply = TaskSupply(
            *(self.tasks, task.job_id, self.owner, self.options.lease_s),
            answer=lambda answer: child.answer(answer),
            may_go_on=lambda: not self.queue.waiting(lane, 1),
        )
        supply.hold(task)
        if help_.kind not in self.options.pipelines:  # of another version
            supply.release()
            self._unfit.append(task.job_id)
            return
        with job_in_logs(task.job_id):
            try:
                child = self._launch(help_.kind, self._order(help_, lane, step=task.step))
            except OSError:
                supply.release()
                raise
            if not HelperSupervisor(supply, child, self.stopping).run():
                self._unfit.append(task.job_id)

    def _child(self, claim: Claim, lane: str) -> Child:
        """Start the attempt's process from this thread; see :class:`Launcher`."""
        try:
            return self._launch(claim.kind, self._order(claim, lane, attempt=claim.attempt))
        except OSError:  # the system's fault, not the job's
            self.queue.released(claim)
            raise

    def _launch(self, kind: str, order: Order) -> Child:
        secrets = self.options.secrets.get(kind, {})
        return self.launcher.launch(order, {**self.options.environment, **secrets})

    def _order(self, work: Claim | Help, lane: str, attempt: int = 0, step: str = "") -> Order:
        job_id = work.job_id
        return Order(
            job_id=job_id,
            pipeline=self.options.pipelines[work.kind],
            inputs=work.inputs,
            work_s=work.work_s,
            workspace=str(self.options.workspaces.resolve() / job_id),
            attempt=attempt,
            finished=list(work.finished),
            niceness=self.options.niceness.get(lane, USUAL_NICENESS),
            shares=self.tasks is not None,
            step=step,
        )
