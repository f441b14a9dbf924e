"""The supervisor's handle to the child process of one attempt."""

from __future__ import annotations

import os
import selectors
import subprocess
from contextlib import suppress
from typing import Protocol

from ..messages import ANSWER, MESSAGE, Answer, Message

_READ_BYTES = 1 << 16
# After its last message, a child only closes its files and connections.
_EXIT_S = 2.0


class Process(Protocol):
    """A process that leads its own group; like ``subprocess.Popen``, except for ``kill``."""

    @property
    def pid(self) -> int:
        """Return the process id, which is also that of the process group."""

    def poll(self) -> int | None:
        """Return the exit status (negative: a signal's number), or None while it runs."""

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the exit status and return it; None if the process never ran.

        Raise ``subprocess.TimeoutExpired`` after ``timeout`` seconds.
        """

    def kill(self) -> None:
        """Kill the whole process group, even if the process itself has exited."""


class Child:
    """A process in its own session, with all processes that it starts; not thread-safe.

    ``events`` is the read end of the pipe to which the process writes its messages, ``answers`` the
    write end of the pipe from which it reads the answers to them.
    """

    def __init__(self, process: Process, events: int, answers: int) -> None:
        self._process = process
        self._events = events
        self._answers = answers
        self._rest = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(events, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """Return the process id, which is also that of the process group."""
        return self._process.pid

    def read(self, timeout_s: float) -> list[Message] | None:
        """Read new messages, waiting up to ``timeout_s``; None once the child has exited."""
        if not self._selector.select(timeout_s):
            return [] if self._process.poll() is None else None
        block = os.read(self._events, _READ_BYTES)
        if not block:
            return None
        *lines, self._rest = (self._rest + block).split(b"\n")
        return [MESSAGE.validate_json(line) for line in lines]

    def answer(self, answer: Answer) -> None:
        """Send an answer; lost if the child has died, which :meth:`read` reports."""
        with suppress(BrokenPipeError):
            os.write(self._answers, ANSWER.dump_json(answer) + b"\n")

    def wait_for_exit(self) -> None:
        """Wait briefly for the child to exit by itself, so that it can close its resources."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_EXIT_S)

    def end(self) -> int | None:
        """Kill the child and all that it started.

        Return its exit status, or None if it never ran.
        """
        self._process.kill()
        self._selector.close()
        os.close(self._events)
        os.close(self._answers)
        return self._process.wait()
