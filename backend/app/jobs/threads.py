"""Job executor: threads that claim jobs and supervise one child process each."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event, Thread

from ..logs import job_in_logs
from .messages import USUAL_NICENESS, Order
from .owners import is_dead, own_name
from .processes.child import Child
from .processes.launcher import Launcher
from .queue import WORK, Claim, JobQueue, LeaseLost
from .states import Failure
from .supervisor import Supervisor
from .wakeups import Wakeups

log = logging.getLogger(__name__)

# New jobs and ends of jobs wake the threads immediately. Polling finds paused jobs, expired leases,
# and jobs that another server queued.
_POLL_S = 5.0
_CHECK_OWNERS_S = 10.0
# Container platforms give a program ten seconds to stop.
_STOP_S = 8.0


_UNKNOWN_KIND = Failure(
    "other_version",
    "This kind of job belongs to another version of Segue.",
    "Delete it, or install that version again.",
)


@dataclass(frozen=True, slots=True)
class Chore:
    """Work of the housekeeping thread, done at the start and then every ``every_s`` seconds."""

    run: Callable[[], None]
    every_s: float


@dataclass(frozen=True, slots=True)
class ExecutorOptions:
    """Options of the executor.

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


@dataclass(slots=True)
class ThreadExecutor:
    """Runs queued jobs until :meth:`stop`, and ``chores`` regularly.

    ``listen`` calls its first argument when another process has queued a job, until the event.

    The public methods may be called from any thread.
    """

    queue: JobQueue
    options: ExecutorOptions
    launcher: Launcher
    chores: Sequence[Chore] = ()
    listen: Callable[[Callable[[], None], Event], None] | None = None
    _owner: str = field(default_factory=own_name, init=False)
    _stopping: Event = field(default_factory=Event, init=False)
    _wakeups: Wakeups = field(default_factory=Wakeups, init=False)
    _threads: list[Thread] = field(default_factory=list, init=False)

    def start(self) -> None:
        """Take over the jobs of dead processes of this host, then start the threads."""
        self._expire_dead_owners()
        for lane, slots in self.options.lanes.items():
            for slot in range(slots):
                self._begin(f"jobs-{lane}-{slot}", partial(self._work, lane))
        self._begin("jobs-housekeeping", self._keep_house)
        if self.listen is not None:
            self._begin("jobs-notifications", partial(self.listen, self.wake, self._stopping))

    def wake(self) -> None:
        """Look for a new job immediately."""
        self._wakeups.wake()

    def is_stopping(self) -> bool:
        """Whether a stop has begun."""
        return self._stopping.is_set()

    def ask_to_stop(self) -> None:
        """Begin to stop, without waiting; safe to call from a signal handler."""
        if not self._stopping.is_set():
            self._stopping.set()

    def stop(self) -> None:
        """Kill all children, release their jobs, and wait until that is stored."""
        self.ask_to_stop()
        self.wake()
        self.launcher.close()
        deadline = time.monotonic() + _STOP_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _begin(self, name: str, target: Callable[[], None]) -> None:
        thread = Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _work(self, lane: str) -> None:
        while not self._stopping.is_set():
            seen = self._wakeups.count
            try:
                per_user = self.options.per_user.get(lane)
                claim = self.queue.claim(self._owner, self.options.lease_s, lane, per_user)
                if claim is not None:
                    self._run(claim, lane)
                    self.wake()  # jobs in other lanes may have waited for this one
                    continue
            except Exception:  # the outermost handler: the thread must survive any job's error
                log.exception("cannot serve the queue; trying again")
            self._wakeups.wait(seen, _POLL_S)

    def _run(self, claim: Claim, lane: str = WORK) -> None:
        with job_in_logs(claim.job_id):
            log.info("attempt %d of a %s job starts", claim.attempt, claim.kind)
            if claim.kind not in self.options.pipelines:
                self.queue.failed(claim, _UNKNOWN_KIND)
                return
            child = self._child(claim, lane)
            lease_s = self.options.lease_s
            try:
                Supervisor(claim, self.queue, child, lease_s, self._stopping).run()
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

    def _keep_house(self) -> None:
        tasks = [Chore(self._expire_dead_owners, _CHECK_OWNERS_S), *self.chores]
        due_s = [time.monotonic()] * len(tasks)
        while not self._stopping.is_set():
            for i, task in enumerate(tasks):
                if time.monotonic() >= due_s[i]:
                    due_s[i] = time.monotonic() + task.every_s
                    self._do(task)
            self._stopping.wait(max(0.0, min(due_s) - time.monotonic()))

    @staticmethod
    def _do(chore: Chore) -> None:
        try:
            chore.run()
        # the outermost handler: other chores continue, and this one is tried again later
        except Exception:
            log.exception("housekeeping failed; trying again")

    def _expire_dead_owners(self) -> None:
        for owner in self.queue.owners():
            if is_dead(owner):
                log.info("taking over the jobs of a dead process")
                self.queue.expire_leases(owner)
                self.wake()
