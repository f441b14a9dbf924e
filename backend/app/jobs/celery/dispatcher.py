"""The API's executor where Celery workers run the jobs: it sends them wake-ups."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from ...errors import StoreBusy
from ..background import Background
from ..housekeeping import CHECK_OWNERS_S, Chore, expire_dead_owners, keep_house
from ..queue import JobQueue
from ..tasks.queue import TaskQueue
from ..wakeups import Wakeups
from .messages import QUEUES, Broker

log = logging.getLogger(__name__)

# A new job is sent at once; this finds paused jobs, expired leases, and messages that Redis lost.
_SWEEP_S = 5.0
_STOP_S = 8.0
#: Messages for open tasks at most: each wakes a worker, which takes one task after the other.
MOST_HELPERS = 20
#: Messages that wait in a queue at most: more would wake no more workers.
MOST_MESSAGES = 200


@dataclass(slots=True)
class CeleryDispatcher:
    """Keeps as many messages waiting in each queue as jobs and tasks wait in its lanes.

    Messages are interchangeable: a worker that gets one claims the next job by users' turns, or
    takes tasks of another's. So a message that is lost is replaced at the next sweep, and one too
    many finds nothing. ``listen`` is
    that of :class:`..threads.ThreadExecutor`. The methods may be called from any thread.
    """

    queue: JobQueue
    broker: Broker
    tasks: TaskQueue
    chores: Sequence[Chore] = ()
    listen: Callable[[Callable[[], None], Event], None] | None = None
    _threads: Background = field(default_factory=Background, init=False)

    def start(self) -> None:
        """Start the threads that send messages and keep house."""
        take_over = partial(expire_dead_owners, self.queue, self.wake)
        chores = [Chore(take_over, CHECK_OWNERS_S), *self.chores]
        stopping = self._threads.stopping
        dispatch = partial(self._threads.repeat, self._dispatch, _SWEEP_S)
        self._threads.begin("jobs-dispatcher", dispatch)
        self._threads.begin("jobs-housekeeping", partial(keep_house, chores, stopping))
        if self.listen is not None:
            self._threads.begin("jobs-notifications", partial(self.listen, self.wake, stopping))

    @property
    def wakeups(self) -> Wakeups:
        """The wake-ups of the threads, for others that wait for changes of jobs."""
        return self._threads.wakeups

    def wake(self) -> None:
        """Send what is missing immediately; returns at once, even if Redis is away."""
        self._threads.wakeups.wake()

    def is_stopping(self) -> bool:
        """Whether a stop has begun."""
        return self._threads.stopping.is_set()

    def ask_to_stop(self) -> None:
        """Begin to stop, without waiting; safe to call from a signal handler."""
        self._threads.stopping.set()

    def stop(self) -> None:
        """Stop the threads; jobs go on in their workers."""
        self._threads.join(_STOP_S)

    def send_missing(self) -> None:
        """Send a message for each waiting job and open task that has none."""
        for queue, lanes in QUEUES.items():
            jobs = [job for lane in lanes for job in self.queue.waiting(lane, MOST_MESSAGES)]
            jobs += [job for lane in lanes for job in self.tasks.open_in(lane, MOST_HELPERS)]
            missing = min(len(jobs), MOST_MESSAGES) - self.broker.waiting(queue) if jobs else 0
            if missing > 0:
                self.broker.send(queue, jobs[:missing])

    def _dispatch(self) -> bool:
        """Send what is missing; wait for the next sweep, also while Redis or the rows are away."""
        try:
            self.send_missing()
        except StoreBusy as error:
            log.warning("cannot wake the workers: %s Trying again", error.message)
        return False
