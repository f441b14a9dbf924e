"""Wake waiting threads; a call while no thread waits is not lost."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition


class Wakeups:
    """Counts calls, so that a thread can wait for one that it has not seen yet."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._count = 0
        self._listeners: list[Callable[[], None]] = []

    def listen(self, call: Callable[[], None]) -> None:
        """Call this at each wake-up, too; it must return at once."""
        self._listeners.append(call)

    @property
    def count(self) -> int:
        """How often :meth:`wake` has been called."""
        with self._changed:
            return self._count

    def wake(self) -> None:
        """Wake all waiting threads; not for signal handlers, since it takes a lock."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()
        for call in self._listeners:
            call()

    def wait(self, seen: int, timeout_s: float) -> None:
        """Wait until :attr:`count` differs from ``seen``, at most ``timeout_s``."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen, timeout_s)
