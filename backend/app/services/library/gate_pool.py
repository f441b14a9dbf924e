"""A thread pool that checks uploaded files, with the processes that the threads wait for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError
from typing import TypeVar

from ...errors import Stopping
from ...media.ffmpeg.confinement import Children
from .fair_pool import FairPool

File = TypeVar("File")
Verdict = TypeVar("Verdict")


class GatePool:
    """Checks files of several users in turn. Safe to share between threads."""

    def __init__(self, name: str) -> None:
        self._children = Children()
        self._is_stopping = False
        # One user's files use every core; as many threads again can begin with other users' files.
        cores = os.cpu_count() or 1
        self._threads = FairPool(
            2 * cores, cores, name, initializer=self._children.adopt_those_of_this_thread
        )

    def map(
        self, user_id: str, check: Callable[[File], Verdict], files: Iterable[File]
    ) -> list[Verdict]:
        """Return the verdict on each file; raise :class:`Stopping` if the pool is stopped."""
        try:
            verdicts = self._threads.map(user_id, check, files)
        except (CancelledError, RuntimeError):  # RuntimeError: the pool takes no more files
            if self._is_stopping:
                raise _stopping() from None
            raise
        if self._is_stopping:  # its processes were killed, so the verdicts are wrong
            raise _stopping()
        return verdicts

    def stop(self) -> None:
        """Kill all processes and check no further file; callable from a signal handler."""
        self._is_stopping = True
        self._children.kill_all()
        self._threads.close()


def _stopping() -> Stopping:
    return Stopping("The server is stopping.", hint="Send the file again in a minute.")
