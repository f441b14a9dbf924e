"""React to stop signals before the web server waits for open connections."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_STOPS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_stop_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` on SIGTERM or SIGINT, before the signal's existing handler.

    A stopping web server first waits for open responses; an event stream or a long download would
    delay the release of jobs too long. ``stop`` runs inside a signal handler. Outside the main
    thread, where Python cannot handle signals, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = {number: signal.getsignal(number) for number in _STOPS}

    def handle(number: int, frame: FrameType | None) -> None:
        stop()
        handler = earlier[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
            return
        signal.signal(number, signal.SIG_DFL if handler is None else handler)
        signal.raise_signal(number)

    for number in _STOPS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
