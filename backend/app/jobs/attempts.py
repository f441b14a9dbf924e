"""Claim jobs, and run each attempt in a child process under supervision."""

from __future__ import annotations

import logging
from collections.abc import Mapping
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

log = logging.getLogger(__name__)

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

    The methods may be called from any thread.
    """

    queue: JobQueue
    options: ExecutorOptions
    launcher: Launcher
    stopping: Event
    owner: str = field(default_factory=own_name)

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
            lease_s = self.options.lease_s
            try:
                Supervisor(claim, self.queue, child, lease_s, self.stopping).run()
            except LeaseLost:
                log.warning("attempt %d lost its lease", claim.attempt)
            log.info("attempt %d has ended", claim.attempt)

    def _child(self, claim: Claim, lane: str) -> Child:
        """Start the attempt's process from this thread; see :class:`Launcher`."""
        try:
            secrets = self.options.secrets.get(claim.kind, {})
            environment = {**self.options.environment, **secrets}
            return self.launcher.launch(self._order(claim, lane), environment)
        except OSError:  # the system's fault, not the job's
            self.queue.released(claim)
            raise

    def _order(self, claim: Claim, lane: str) -> Order:
        return Order(
            job_id=claim.job_id,
            pipeline=self.options.pipelines[claim.kind],
            inputs=claim.inputs,
            work_s=claim.work_s,
            workspace=str(self.options.workspaces.resolve() / claim.job_id),
            attempt=claim.attempt,
            finished=list(claim.finished),
            niceness=self.options.niceness.get(lane, USUAL_NICENESS),
        )
