"""The API's executor where Celery workers run the jobs: it sends them wake-ups."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Thread

from ..housekeeping import CHECK_OWNERS_S, Chore, expire_dead_owners, keep_house
from ..queue import JobQueue
from ..wakeups import Wakeups
from .messages import QUEUES, Broker

log = logging.getLogger(__name__)

# A new job is sent at once; this finds paused jobs, expired leases, and messages that Redis lost.
_SWEEP_S = 5.0
_STOP_S = 8.0
#: Messages that wait in a queue at most: more would wake no more workers.
MOST_MESSAGES = 200


@dataclass(slots=True)
class CeleryDispatcher:
    """Keeps as many messages waiting in each queue as jobs wait in its lanes.

    Messages are interchangeable: a worker that gets one claims the next job by users' turns. So a
    message that is lost is replaced at the next sweep, and one too many finds no job. ``listen`` is
    that of :class:`..threads.ThreadExecutor`. The methods may be called from any thread.
    """

    queue: JobQueue
    broker: Broker
    chores: Sequence[Chore] = ()
    listen: Callable[[Callable[[], None], Event], None] | None = None
    _stopping: Event = field(default_factory=Event, init=False)
    _wakeups: Wakeups = field(default_factory=Wakeups, init=False)
    _threads: list[Thread] = field(default_factory=list, init=False)

    def start(self) -> None:
        """Start the threads that send messages and keep house."""
        take_over = partial(expire_dead_owners, self.queue, self.wake)
        chores = [Chore(take_over, CHECK_OWNERS_S), *self.chores]
        self._begin("jobs-dispatcher", self._dispatch)
        self._begin("jobs-housekeeping", partial(keep_house, chores, self._stopping))
        if self.listen is not None:
            self._begin("jobs-notifications", partial(self.listen, self.wake, self._stopping))

    def wake(self) -> None:
        """Send what is missing immediately; returns at once, even if Redis is away."""
        self._wakeups.wake()

    def is_stopping(self) -> bool:
        """Whether a stop has begun."""
        return self._stopping.is_set()

    def ask_to_stop(self) -> None:
        """Begin to stop, without waiting; safe to call from a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop the threads; jobs go on in their workers."""
        self.ask_to_stop()
        self.wake()
        for thread in self._threads:
            thread.join(_STOP_S)

    def send_missing(self) -> None:
        """Send a message for each waiting job that has none."""
        for queue, lanes in QUEUES.items():
            jobs = [job for lane in lanes for job in self.queue.waiting(lane, MOST_MESSAGES)]
            missing = min(len(jobs), MOST_MESSAGES) - self.broker.waiting(queue) if jobs else 0
            if missing > 0:
                self.broker.send(queue, jobs[:missing])

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            seen = self._wakeups.count
            try:
                self.send_missing()
            # the outermost handler: the next sweep sends what this one could not
            except Exception as error:  # noqa: BLE001
                log.warning("cannot wake the workers (%s); trying again", type(error).__name__)
            self._wakeups.wait(seen, _SWEEP_S)

    def _begin(self, name: str, target: Callable[[], None]) -> None:
        thread = Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)
