"""Ask whether another server answers: within a second, and not at each request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Condition, Thread

log = logging.getLogger(__name__)

_WAIT_S = 1.0
_KEPT_S = 5.0


class RecentCheck:
    """Runs ``ask`` in a thread, once for all requests; its answer is kept for five seconds.

    ``ask`` returns whether the server answers, and must end some time. Thread-safe.
    """

    def __init__(self, name: str, ask: Callable[[], bool]) -> None:
        self._name = name
        self._ask = ask
        self._changed = Condition()
        self._answer: bool | None = None
        self._asked_s = -_KEPT_S
        self._is_asking = False

    def answers(self) -> bool:
        """Return the newest answer; False if there is none within a second."""
        with self._changed:
            if self._is_asking or time.monotonic() - self._asked_s < _KEPT_S:
                return self._wait() if self._answer is None else self._answer
            self._is_asking, self._answer = True, None
            Thread(target=self._run, name=f"check-{self._name}", daemon=True).start()
            self._answer = self._wait()
            return self._answer

    def _wait(self) -> bool:
        self._changed.wait_for(lambda: not self._is_asking, _WAIT_S)
        return bool(self._answer)

    def _run(self) -> None:
        answer = False
        try:
            answer = self._ask()
        finally:
            with self._changed:
                self._answer, self._is_asking = answer, False
                self._asked_s = time.monotonic()
                self._changed.notify_all()
