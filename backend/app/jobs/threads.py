"""Job executor: threads that claim jobs and supervise one child process each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from .attempts import Attempts, ExecutorOptions
from .background import Background
from .housekeeping import CHECK_OWNERS_S, Chore, expire_dead_owners, keep_house
from .processes.launcher import Launcher
from .queue import JobQueue
from .tasks.queue import TaskQueue
from .wakeups import Wakeups

# New jobs and ends of jobs wake the threads immediately. Polling finds paused jobs, expired leases,
# and jobs that another server queued.
_POLL_S = 5.0
# Container platforms give a program ten seconds to stop.
_STOP_S = 8.0


@dataclass(slots=True)
class ThreadExecutor:
    """Runs queued jobs until :meth:`stop`, and ``chores`` regularly.

    ``listen`` calls its first argument when another process has queued a job, until the event.
    With ``tasks``, a place without a job helps others with theirs. ``changed`` is that of
    :class:`Attempts`.

    The public methods may be called from any thread.
    """

    queue: JobQueue
    options: ExecutorOptions
    launcher: Launcher
    chores: Sequence[Chore] = ()
    listen: Callable[[Callable[[], None], Event], None] | None = None
    tasks: TaskQueue | None = None
    changed: Callable[[str], None] = lambda _: None
    _attempts: Attempts = field(init=False)
    _threads: Background = field(default_factory=Background, init=False)

    def __post_init__(self) -> None:
        self._attempts = Attempts(
            *(self.queue, self.options, self.launcher, self._threads.stopping),
            tasks=self.tasks,
            wake=self.wake,
            changed=self.changed,
        )

    @property
    def owner(self) -> str:
        """The name under which this process claims jobs."""
        return self._attempts.owner

    def start(self) -> None:
        """Take over the jobs of dead processes of this host, then start the threads."""
        take_over = partial(expire_dead_owners, self.queue, self.wake)
        take_over()
        stopping = self._threads.stopping
        for lane, slots in self.options.lanes.items():
            for slot in range(slots):
                work = partial(self._threads.repeat, partial(self._run_next, lane), _POLL_S)
                self._threads.begin(f"jobs-{lane}-{slot}", work)
        chores = [Chore(take_over, CHECK_OWNERS_S), *self.chores]
        self._threads.begin("jobs-housekeeping", partial(keep_house, chores, stopping))
        if self.listen is not None:
            self._threads.begin("jobs-notifications", partial(self.listen, self.wake, stopping))

    @property
    def wakeups(self) -> Wakeups:
        """The wake-ups of the threads, for others that wait for changes of jobs."""
        return self._threads.wakeups

    def wake(self) -> None:
        """Look for a new job immediately."""
        self._threads.wakeups.wake()

    def is_stopping(self) -> bool:
        """Whether a stop has begun."""
        return self._threads.stopping.is_set()

    def ask_to_stop(self) -> None:
        """Begin to stop, without waiting; safe to call from a signal handler."""
        self._threads.stopping.set()

    def stop(self) -> None:
        """Kill all children, release their jobs, and wait until that is stored."""
        self.ask_to_stop()
        self.wake()
        self.launcher.close()
        self._threads.join(_STOP_S)

    def _run_next(self, lane: str) -> bool:
        """Run the next job of a lane, or help with one; return whether there was one."""
        if not self._attempts.run_next([lane]):
            return False
        self.wake()  # jobs in other lanes may have waited for this one
        return True
