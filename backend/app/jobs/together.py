"""Run steps at the same time; if one fails, stop the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context
from threading import Event
from typing import TypeAlias

Runnable: TypeAlias = Callable[[Callable[[], None]], None]
"""A step to run. It often calls its argument, which raises if another step has failed."""


class OtherStepFailed(Exception):
    """Ends a step because another one that runs at the same time has failed."""


def run_together(steps: Sequence[Runnable]) -> None:
    """Run every step in a separate thread; when all have ended, raise the first failure.

    A single step runs in the calling thread.
    """
    if len(steps) == 1:
        return steps[0](lambda: None)
    stop = Event()

    def check() -> None:
        if stop.is_set():
            raise OtherStepFailed

    with ThreadPoolExecutor(len(steps), thread_name_prefix="step") as pool:
        running = [pool.submit(copy_context().run, step, check) for step in steps]
        try:
            ended, _ = wait(running, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()  # also if this thread itself is interrupted
    for step in ended:
        step.result()
    return None
