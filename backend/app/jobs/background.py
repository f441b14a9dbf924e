"""Threads of an executor: begun together, woken together, stopped together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

from .wakeups import Wakeups

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Background:
    """Daemon threads that work until ``stopping``. The methods may be called from any thread."""

    stopping: Event = field(default_factory=Event)
    wakeups: Wakeups = field(default_factory=Wakeups)
    _threads: list[Thread] = field(default_factory=list)

    def begin(self, name: str, target: Callable[[], None]) -> None:
        """Start a thread."""
        thread = Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def repeat(self, step: Callable[[], bool], wait_s: float) -> None:
        """Call ``step`` again and again; wait up to ``wait_s`` for a wake-up if it did nothing."""
        while not self.stopping.is_set():
            seen = self.wakeups.count
            try:
                if step():
                    continue
            except Exception:  # the outermost handler: the thread must survive any error
                log.exception("background work failed; trying again")
            self.wakeups.wait(seen, wait_s)

    def join(self, timeout_s: float) -> None:
        """Ask all threads to stop, and wait for them together."""
        self.stopping.set()
        self.wakeups.wake()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
