"""A thread pool that serves users in turn, not in the order of their requests."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from threading import Lock
from typing import TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class _Task:
    begin: Callable[[], bool]
    cancel: Callable[[], bool]


class FairPool:
    """Runs at most ``threads`` tasks, and at most ``per_user`` of one user. Thread-safe.

    A free thread takes a task of the user with the fewest running tasks; of several, of the user
    served longest ago. A user's requests take turns too. So one file waits for at most one file of
    each other user, however many files they sent.
    """

    def __init__(
        self,
        threads: int,
        per_user: int,
        name: str,
        initializer: Callable[[], None] | None = None,
    ) -> None:
        self._pool = ThreadPoolExecutor(threads, name, initializer)
        self._free = threads
        self._per_user = per_user
        self._lock = Lock()
        self._is_closed = False
        # Users have requests, and requests have tasks.
        self._waiting: dict[str, deque[deque[_Task]]] = {}
        self._running: Counter[str] = Counter()
        self._turn = count(1)
        self._last_turn: dict[str, int] = {}

    def map(
        self, user_id: str, function: Callable[[ItemT], ResultT], items: Iterable[ItemT]
    ) -> list[ResultT]:
        """Call ``function`` on all items of a request; return the results in order.

        If a call raises, raise its exception, and drop the items that have not begun. Raise
        ``CancelledError`` if the pool is closed.
        """
        calls: list[Future[Future[ResultT]]] = []
        tasks: deque[_Task] = deque()
        for item in items:
            begun: Future[Future[ResultT]] = Future()
            calls.append(begun)
            begin = partial(self._begin, user_id, partial(function, item), begun)
            tasks.append(_Task(begin, begun.cancel))
        with self._lock:
            if self._is_closed:
                raise CancelledError
            if tasks:
                self._waiting.setdefault(user_id, deque()).append(tasks)
            self._start_tasks()
        try:
            return [begun.result().result() for begun in calls]
        finally:
            for begun in calls:
                begun.cancel()

    def close(self) -> None:
        """Cancel the tasks that have not begun; do not wait for the others."""
        with self._lock:
            self._is_closed = True
            for requests in self._waiting.values():
                for task in chain.from_iterable(requests):
                    task.cancel()
            self._waiting.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start_tasks(self) -> None:
        while self._free and (user_id := self._next_user()) is not None:
            if self._take(user_id).begin():
                self._free -= 1
                self._running[user_id] += 1

    def _next_user(self) -> str | None:
        ready = (user for user in self._waiting if self._running[user] < self._per_user)
        turns = self._last_turn
        return min(ready, key=lambda user: (self._running[user], turns.get(user, 0)), default=None)

    def _take(self, user_id: str) -> _Task:
        self._last_turn[user_id] = next(self._turn)
        requests = self._waiting[user_id]
        tasks = requests.popleft()
        task = tasks.popleft()
        if tasks:
            requests.append(tasks)
        if not requests:
            del self._waiting[user_id]
        return task

    def _begin(
        self, user_id: str, call: Callable[[], ResultT], begun: Future[Future[ResultT]]
    ) -> bool:
        """Give a call to a thread; return False if the call was cancelled."""
        if not begun.set_running_or_notify_cancel():
            return False
        begun.set_result(self._pool.submit(self._run, user_id, call))
        return True

    def _run(self, user_id: str, call: Callable[[], ResultT]) -> ResultT:
        try:
            return call()
        finally:
            with self._lock:
                self._free += 1
                self._running[user_id] -= 1
                if not self._running[user_id]:
                    del self._running[user_id]
                self._start_tasks()
