"""Fork server: import modules once, then fork a child for each request."""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import logging
import os
import select
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_READ_BYTES = 1 << 12


def die_with(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # the parent ended before the call above
        os._exit(1)


def load(modules: Sequence[str]) -> None:
    """Import ``modules``, and exclude their objects from garbage collection.

    The collector writes to every object that it visits, so each child would copy those pages.
    """
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError:
            log.exception("cannot import %s; jobs that need it will fail", module)
    gc.collect()
    gc.freeze()


def fork_children(control: socket.socket) -> tuple[bytes, int, int]:
    """Fork a child for each request; return only in the children.

    A request is a byte with four descriptors: a file with environment and order, a pipe for the
    child's events, a pipe for its process id and its exit status, a pipe for answers to events. The
    process ends when ``control`` is closed at the other end. Returns the order as JSON, and the
    descriptors for writing events and for reading answers.
    """
    server, status_pipes = os.getpid(), dict[int, int]()
    with _deaths_of_children() as deaths:
        while True:
            ready, _, _ = select.select([control.fileno(), deaths], [], [])
            if deaths in ready:
                os.read(deaths, _READ_BYTES)
                _report_exits(status_pipes)
            if control.fileno() in ready:
                request, events, status_pipe, answers = _request_from(control)
                pid = _fork()
                if pid == 0:
                    break
                os.close(request)
                os.close(events)
                os.close(answers)
                if pid is None:
                    os.close(status_pipe)
                else:
                    status_pipes[pid] = status_pipe
    control.close()
    for other in status_pipes.values():  # this child needs only its own pipe
        os.close(other)
    return _become_child(server, request, status_pipe), events, answers


def _request_from(control: socket.socket) -> list[int]:
    _, descriptors, _, _ = socket.recv_fds(control, 1, 4, socket.MSG_CMSG_CLOEXEC)
    if not descriptors:
        os._exit(0)
    return descriptors


def _fork() -> int | None:
    """Call ``os.fork``; return None if the system allows no more processes."""
    try:
        return os.fork()
    except OSError:
        log.exception("cannot fork a child")
        return None


def _become_child(server: int, request: int, status_pipe: int) -> bytes:
    """Replace the server's session and environment; return the order."""
    os.setsid()
    die_with(server)
    with os.fdopen(request, "rb") as file:
        environment = json.loads(file.readline())
        order = file.read()
    os.environ.clear()
    os.environ.update(environment)
    os.write(status_pipe, b"pid %d\n" % os.getpid())
    return order


@contextmanager
def _deaths_of_children() -> Iterator[int]:
    """Yield a descriptor that becomes readable when a child has died."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # an ignored signal would not wake ``select``
    try:
        yield reader
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        os.close(reader)
        os.close(writer)


def _report_exits(status_pipes: dict[int, int]) -> None:
    """Reap dead children, and write each exit status to the child's pipe."""
    while status_pipes:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        status_pipe = status_pipes.pop(pid)
        with suppress(BrokenPipeError):
            os.write(status_pipe, b"exit %d\n" % os.waitstatus_to_exitcode(status))
        os.close(status_pipe)
