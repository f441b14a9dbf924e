"""Hearing of a stop before the web server has waited for its connections to close."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_STOPS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` on SIGTERM or SIGINT, ahead of whatever handles the signal already.

    A server that has been told to stop waits for its answers to end first; a listener's stream of
    events, or a long download, would keep the jobs from being handed back in time. ``stop`` runs
    inside a signal handler. Outside the main thread, where signals cannot be handled, this does
    nothing.
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
