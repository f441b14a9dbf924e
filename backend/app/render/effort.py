"""How far several threads have come together, and how all of them stop when one must."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

ResultT = TypeVar("ResultT")


class Abandoned(Exception):
    """This thread's work is no longer wanted; the reason is the effort's ``cause``."""


class Effort:
    """Counts samples done by any thread; reports the share, and passes on the order to stop.

    ``progress`` is called with 0 to 1, never falling, by one thread at a time; whatever it raises
    ends the work of all threads at their next `add`.
    """

    def __init__(self, progress: Callable[[float], None]) -> None:
        self.cause: BaseException | None = None
        self._progress = progress
        self._lock = threading.Lock()
        self._planned = 0
        self._done = 0

    def plan(self, n_samples: int) -> None:
        """Announce samples to be done; before any is done, so that the share never falls."""
        self._planned += n_samples

    def add(self, n_samples: int) -> None:
        """Note samples done.

        Raises
        ------
        Abandoned
            If the work has been stopped.
        """
        with self._lock:
            if self.cause is not None:
                raise Abandoned
            self._done += n_samples
            try:
                self._progress(min(1.0, self._done / max(1, self._planned)))
            except BaseException as e:
                self.cause = e
                raise

    def guard(self, task: Callable[[], ResultT]) -> ResultT:
        """Run a task of this effort; its failure stops all others."""
        try:
            return task()
        except BaseException as e:
            self.stop(e)
            raise

    def stop(self, cause: BaseException) -> None:
        """Let every thread's next `add` raise; the first cause is the one that counts."""
        with self._lock:
            self.cause = self.cause or cause


@contextmanager
def crew(workers: int, effort: Effort) -> Iterator[ThreadPoolExecutor]:
    """A pool for one effort. However the block ends, no thread of it is left; its failure, or that
    of the first thread to fail, is raised."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="encode")
    try:
        yield pool
    except BaseException as e:
        effort.stop(e)
        pool.shutdown(cancel_futures=True)
        if effort.cause is None or effort.cause is e:
            raise
        raise effort.cause from None
    finally:
        pool.shutdown(cancel_futures=True)
