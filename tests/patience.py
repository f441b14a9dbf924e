"""Wait for a condition, with a limit that ends hangs but does not measure speed."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Longer than any test waits on a busy machine; shorter than the ten minutes for which processes
#: that tests kill would sleep.
PATIENCE_S = 240.0


def wait_until(is_so: Callable[[], object], *, what: str = "", every_s: float = 0.02) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"timed out after {PATIENCE_S:.0f} s {what}"
        time.sleep(every_s)


class Patience:
    """Fail once nothing has changed for long: a busy machine may take its time, a hang may not."""

    def __init__(self) -> None:
        self._state: object = None
        self._deadline = time.monotonic() + PATIENCE_S

    def check(self, state: object) -> None:
        """Fail if ``state`` is what it was all the time."""
        if state != self._state:
            self._state, self._deadline = state, time.monotonic() + PATIENCE_S
        assert time.monotonic() < self._deadline, f"no change for {PATIENCE_S:.0f} s: {state}"
