"""Worker threads that share one progress and stop together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, Self, TypeVar

ParamsT = ParamSpec("ParamsT")
ResultT = TypeVar("ResultT")


class Stopped(Exception):
    """Ends a task after another one failed; the pool's ``cause`` is that failure."""


class ProgressPool:
    """A thread pool whose tasks report one common progress, and all stop when one fails.

    ``progress`` is called with 0 to 1, never falling, by one thread at a time; whatever it raises
    ends every task at its next `add`. However the ``with`` block ends, no thread is left running,
    and the first failure is raised.
    """

    def __init__(self, workers: int, progress: Callable[[float], None]) -> None:
        self.cause: BaseException | None = None
        self._progress = progress
        self._lock = threading.Lock()
        self._planned = 0
        self._done = 0
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="progress-pool")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is not None:
            self._stop(error)
        self._executor.shutdown(cancel_futures=True)
        if error is not None and self.cause is not None and self.cause is not error:
            raise self.cause from None

    def plan(self, n_samples: int) -> None:
        """Announce samples to process, before any are done: the share must never fall."""
        self._planned += n_samples

    def add(self, n_samples: int) -> None:
        """Count finished samples; raise :class:`Stopped` if another task has failed."""
        with self._lock:
            if self.cause is not None:
                raise Stopped
            self._done += n_samples
            try:
                self._progress(min(1.0, self._done / max(1, self._planned)))
            except BaseException as e:
                self.cause = e
                raise

    def add_share_of(self, n_samples: int) -> Callable[[float], None]:
        """Return a progress callable, 0 to 1, that counts as a share of ``n_samples``."""
        done = 0

        def progress(share: float) -> None:
            nonlocal done
            now = round(share * n_samples)
            self.add(now - done)
            done = now

        return progress

    def submit(
        self, task: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs
    ) -> Future[ResultT]:
        """Queue a task; if it fails, every other task stops."""

        def run() -> ResultT:
            try:
                return task(*args, **kwargs)
            except BaseException as e:
                self._stop(e)
                raise

        return self._executor.submit(run)

    def _stop(self, cause: BaseException) -> None:
        with self._lock:
            self.cause = self.cause or cause
