"""The executor for one machine: background threads, each supervising one child process."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event, Thread

from ..logs import job_in_logs
from .child import Child
from .messages import Order
from .owners import is_dead, own_name
from .queue import WORK, Claim, JobQueue, LeaseLost
from .supervisor import Supervisor

log = logging.getLogger(__name__)

# Submitting wakes a thread at once; this is for jobs that come back without anybody's doing.
_POLL_S = 1.0
_LOOK_FOR_DEAD_S = 10.0
_CHORES_S = 600.0
# A stop has to be through in ten seconds, the grace that container platforms give.
_STOP_S = 8.0


@dataclass(frozen=True, slots=True)
class ExecutorOptions:
    """What the threads need to know.

    ``pipelines`` names, for each job kind, the function that builds its pipeline as
    ``module:function``; it is called in the child with the child's settings. ``environment`` is
    added to the child's, and what ``secrets`` has for its kind, which no other kind is told.
    Of each lane so many jobs run at a time; their folders are made in ``workspaces``.
    """

    pipelines: Mapping[str, str]
    environment: Mapping[str, str]
    workspaces: Path
    lanes: Mapping[str, int] = field(default_factory=lambda: {WORK: 1})
    lease_s: float = 30.0
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class ThreadExecutor:
    """Runs queued jobs until :meth:`stop`. ``chores`` are called now and then, and must not raise.

    The public methods may be called from any thread.
    """

    queue: JobQueue
    options: ExecutorOptions
    chores: Sequence[Callable[[], None]] = ()
    _owner: str = field(default_factory=own_name, init=False)
    _stopping: Event = field(default_factory=Event, init=False)
    _news: Event = field(default_factory=Event, init=False)
    _threads: list[Thread] = field(default_factory=list, init=False)

    def start(self) -> None:
        """Take over what dead processes of this host have left, and begin to work."""
        self._disown_the_dead()
        for lane, slots in self.options.lanes.items():
            for slot in range(slots):
                self._begin(f"jobs-{lane}-{slot}", partial(self._work, lane))
        self._begin("jobs-housekeeping", self._keep_house)

    def wake(self) -> None:
        """There is a new job: have a look."""
        self._news.set()

    def is_stopping(self) -> bool:
        """Whether a stop has begun."""
        return self._stopping.is_set()

    def ask_to_stop(self) -> None:
        """Begin to stop, without waiting; safe to call from a signal handler."""
        if not self._stopping.is_set():
            self._stopping.set()

    def stop(self) -> None:
        """End all children, hand their jobs back, and wait until that is written down."""
        self.ask_to_stop()
        self._news.set()
        deadline = time.monotonic() + _STOP_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _begin(self, name: str, target: Callable[[], None]) -> None:
        thread = Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _work(self, lane: str) -> None:
        while not self._stopping.is_set():
            try:
                claim = self.queue.claim(self._owner, self.options.lease_s, lane)
                if claim is not None:
                    self._run(claim)
                    continue
            except Exception:  # the job runner: its thread outlives any one job
                log.exception("the queue cannot be served; trying again")
            self._news.wait(_POLL_S)
            self._news.clear()

    def _run(self, claim: Claim) -> None:
        with job_in_logs(claim.job_id):
            log.info("attempt %d at a %s starts", claim.attempt, claim.kind)
            child = self._child(claim)
            lease_s = self.options.lease_s
            try:
                Supervisor(claim, self.queue, child, lease_s, self._stopping).run()
            except LeaseLost:
                log.warning("attempt %d is no longer ours", claim.attempt)
            log.info("attempt %d is over", claim.attempt)

    def _child(self, claim: Claim) -> Child:
        """Start the attempt's process, on this very thread; see :class:`Child`."""
        try:
            secrets = self.options.secrets.get(claim.kind, {})
            return Child(self._order(claim), {**self.options.environment, **secrets})
        except OSError:  # no process to be had now: that is not the job's fault
            self.queue.released(claim)
            raise

    def _order(self, claim: Claim) -> Order:
        return Order(
            job_id=claim.job_id,
            pipeline=self.options.pipelines[claim.kind],
            inputs=claim.inputs,
            work_s=claim.work_s,
            workspace=str(self.options.workspaces.resolve() / claim.job_id),
            attempt=claim.attempt,
            finished=list(claim.finished),
        )

    def _keep_house(self) -> None:
        chores_at = time.monotonic()
        while not self._stopping.is_set():
            try:
                self._disown_the_dead()
                if time.monotonic() >= chores_at:
                    chores_at += _CHORES_S
                    for chore in self.chores:
                        chore()
            except Exception:  # the job runner: housekeeping waits for better times
                log.exception("housekeeping failed; trying again")
            self._stopping.wait(_LOOK_FOR_DEAD_S)

    def _disown_the_dead(self) -> None:
        for owner in self.queue.owners():
            if is_dead(owner):
                log.info("the jobs of a dead process are taken over")
                self.queue.disown(owner)
                self._news.set()
