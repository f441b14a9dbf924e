"""Launch children by fork, from a process that has imported their modules."""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from threading import Lock

from ..messages import ORDER, Order
from .child import Child
from .launcher import child_environment

_READ_BYTES = 256
# Once its imports are done, the server forks and reaps within milliseconds.
_ANSWER_S = 10.0


@dataclass(frozen=True, slots=True)
class _Server:
    """The fork server's process and the socket for requests to it."""

    process: subprocess.Popen[bytes]
    control: socket.socket

    def end(self) -> None:
        """Kill the server, which also kills its children."""
        self.process.kill()
        self.process.wait()
        self.control.close()


class ForkLauncher:
    """Forks children from a process that has imported ``modules``; Linux only.

    The process starts at the first launch, without secrets; after a kill, the next launch starts
    another one. Its children die with it, and it dies with the thread that started it, so launch
    from threads that live as long as the jobs.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self.modules = modules
        self._lock = Lock()
        self._server: _Server | None = None
        self._is_closed = False

    def launch(self, order: Order, environment: Mapping[str, str]) -> Child:
        """Ask the server for a child; it forks one as soon as its modules are imported."""
        with ExitStack() as ours, ExitStack() as theirs:
            events, events_end = _pipe(ours, theirs)
            status, status_end = _pipe(ours, theirs)
            answers_end, answers = _pipe(theirs, ours)
            # Only the child reads this in-memory file, so that the server never holds secrets.
            with os.fdopen(os.memfd_create("order"), "wb") as request:
                request.write(json.dumps(child_environment(environment)).encode() + b"\n")
                request.write(ORDER.dump_json(order))
                request.seek(0)
                server = self._send([request.fileno(), events_end, status_end, answers_end])
            ours.pop_all()
        return Child(ForkedProcess(status, server.end), events, answers)

    def close(self) -> None:
        """Kill the server and its children; refuse further launches."""
        with self._lock:
            self._is_closed = True
            if self._server is not None:
                self._server.end()

    def _send(self, descriptors: Sequence[int]) -> _Server:
        with self._lock:
            if self._is_closed:
                raise ChildProcessError("the fork server is closed")
            if self._server is not None and self._server.process.poll() is not None:
                self._server.end()
                self._server = None
            if self._server is None:
                self._server = _start(self.modules)
            socket.send_fds(self._server.control, [b"\0"], descriptors)
            return self._server


class ForkedProcess:
    """A child of the fork server, known by its status pipe.

    The child writes its process id to the pipe when it starts (``pid 123``), and the server writes
    the exit status when the child has died (``exit -9``). Both hold the pipe open: if it ends
    without an exit status, the server was killed, and its children with it.
    """

    def __init__(self, status_pipe: int, end_server: Callable[[], None]) -> None:
        self._pipe = status_pipe
        self._end_server = end_server
        self._values: dict[bytes, int] = {}
        self._is_over = False

    @property
    def pid(self) -> int:
        """Wait until the child runs, and return its process id.

        Raise ChildProcessError if it never ran.
        """
        self._has_read(b"pid", None)
        if b"pid" not in self._values:
            raise ChildProcessError("the child was not forked")
        return self._values[b"pid"]

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        return self._status() if self._has_read(b"exit", 0.0) else None

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the exit status; None if the child never ran."""
        if not self._has_read(b"exit", timeout):
            raise subprocess.TimeoutExpired("a job", timeout or 0.0)
        return self._status()

    def kill(self) -> None:
        """Kill the process group; if the server does not respond, kill the server, too."""
        if self._has_read(b"pid", _ANSWER_S):
            with suppress(ChildProcessError, ProcessLookupError):  # not forked, or already gone
                os.killpg(self.pid, signal.SIGKILL)
        if not self._has_read(b"exit", _ANSWER_S):
            self._end_server()

    def _status(self) -> int | None:
        killed = -signal.SIGKILL if b"pid" in self._values else None
        return self._values.get(b"exit", killed)

    def _has_read(self, name: bytes, timeout_s: float | None) -> bool:
        """Read until ``name`` or the pipe's end; False after ``timeout_s`` without a line."""
        while name not in self._values and not self._is_over:
            if not _can_be_read(self._pipe, timeout_s):
                return False
            lines = os.read(self._pipe, _READ_BYTES).splitlines()
            self._values |= {key: int(value) for key, value in map(bytes.split, lines)}
            if not lines or b"exit" in self._values:
                self._is_over = True
                os.close(self._pipe)
        return True


def _start(modules: Sequence[str]) -> _Server:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "backend.app.worker", "--fork-server"]
    command += ["--control", str(theirs.fileno()), "--parent", str(os.getpid())]
    with theirs:
        process = subprocess.Popen(
            [*command, "--load", *modules],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=child_environment({}),
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    return _Server(process, ours)


def _can_be_read(descriptor: int, timeout_s: float | None) -> bool:
    """Wait for data or the end of a pipe, up to ``timeout_s`` (None: forever)."""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        return bool(selector.select(timeout_s))


def _pipe(reading: ExitStack, writing: ExitStack) -> tuple[int, int]:
    """Open a pipe; ``reading`` closes the read end, ``writing`` the write end."""
    reader, writer = os.pipe()
    reading.callback(os.close, reader)
    writing.callback(os.close, writer)
    return reader, writer
