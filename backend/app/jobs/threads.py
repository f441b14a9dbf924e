"""Job executor: threads that claim jobs and supervise one child process each."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Thread

from .attempts import Attempts, ExecutorOptions
from .housekeeping import CHECK_OWNERS_S, Chore, expire_dead_owners, keep_house
from .processes.launcher import Launcher
from .queue import JobQueue
from .wakeups import Wakeups

log = logging.getLogger(__name__)

# New jobs and ends of jobs wake the threads immediately. Polling finds paused jobs, expired leases,
# and jobs that another server queued.
_POLL_S = 5.0
# Container platforms give a program ten seconds to stop.
_STOP_S = 8.0


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
    _attempts: Attempts = field(init=False)
    _stopping: Event = field(default_factory=Event, init=False)
    _wakeups: Wakeups = field(default_factory=Wakeups, init=False)
    _threads: list[Thread] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._attempts = Attempts(self.queue, self.options, self.launcher, self._stopping)

    def start(self) -> None:
        """Take over the jobs of dead processes of this host, then start the threads."""
        take_over = partial(expire_dead_owners, self.queue, self.wake)
        take_over()
        for lane, slots in self.options.lanes.items():
            for slot in range(slots):
                self._begin(f"jobs-{lane}-{slot}", partial(self._work, lane))
        chores = [Chore(take_over, CHECK_OWNERS_S), *self.chores]
        self._begin("jobs-housekeeping", partial(keep_house, chores, self._stopping))
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
                claim = self._attempts.claim(lane)
                if claim is not None:
                    self._attempts.run(claim, lane)
                    self.wake()  # jobs in other lanes may have waited for this one
                    continue
            except Exception:  # the outermost handler: the thread must survive any job's error
                log.exception("cannot serve the queue; trying again")
            self._wakeups.wait(seen, _POLL_S)
