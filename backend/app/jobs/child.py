"""The child process that runs one attempt, seen from its supervisor."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from .messages import Message, Order, message_of, order_to_json

_ROOT = Path(__file__).resolve().parents[3]
# No child inherits these: what a kind of job cannot do without, it is handed by name.
_SECRET_NAMES = ("JWT_SECRET", "TOKENS_ENCRYPTION_KEY", "DATABASE_URL", "OPENAI_API_KEY")
_READ_BYTES = 1 << 16
# After its last message a child has nothing left to do but to close what it holds.
_FAREWELL_S = 2.0


class Child:
    """A process in a session of its own, with all that it starts.

    It has to be started by the thread that then waits for it: the kernel is told to kill the
    child as soon as that thread is gone, so that not even ``kill -9`` leaves an orphan. Not
    thread-safe.
    """

    def __init__(self, order: Order, environment: Mapping[str, str]) -> None:
        events, theirs = os.pipe()
        try:
            self._process = _start(order, environment, theirs)
        except BaseException:
            os.close(events)
            raise
        finally:
            os.close(theirs)
        self._events = events
        self._rest = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(events, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its process group."""
        return self._process.pid

    def read(self, timeout_s: float) -> list[Message] | None:
        """What it has said since, waiting up to ``timeout_s`` for it; None when it is gone."""
        if not self._selector.select(timeout_s):
            return [] if self._process.poll() is None else None
        block = os.read(self._events, _READ_BYTES)
        if not block:
            return None
        *lines, self._rest = (self._rest + block).split(b"\n")
        return [message_of(line) for line in lines]

    def bid_farewell(self) -> None:
        """Let it close what it holds, for a moment."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_FAREWELL_S)

    def end(self) -> int:
        """Kill it and everything it started; its exit status (negative: the signal's number)."""
        with suppress(ProcessLookupError):  # the group may be empty already
            os.killpg(self._process.pid, signal.SIGKILL)
        self._selector.close()
        os.close(self._events)
        return self._process.wait()


def _start(order: Order, environment: Mapping[str, str], events: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "backend.app.worker", "--run"]
    command += ["--events", str(events), "--parent", str(os.getpid())]
    # Unlike a pipe, a file takes an order of any length from a child that has yet to read it.
    with tempfile.TemporaryFile() as stdin:
        stdin.write(order_to_json(order))
        stdin.seek(0)
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            env=_environment(environment),
            pass_fds=(events,),
            start_new_session=True,
        )


def _environment(added: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.upper() not in _SECRET_NAMES}
    path = os.pathsep.join(filter(None, (str(_ROOT), kept.get("PYTHONPATH"))))
    return {**kept, **added, "PYTHONPATH": path}
