"""Run a child process with limits, so that it cannot outlive or exhaust the server.

Programs of util-linux, placed before the command, set the limits. ``preexec_fn`` is not used: the
API has many threads, and Python code between fork and exec can deadlock there. Without ``setpriv``
and ``prlimit`` (macOS, Windows) only the time limit applies: when it has passed, the whole process
group is killed.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import IO, TypeAlias

from ...jobs.processes.priority import lower_session

if sys.platform != "win32":
    import fcntl
    import resource

GIB = 1 << 30
MIB = 1 << 20

# Most pictures, and half a minute of sound, take less time.
_USUAL_S = 0.3

Pipe: TypeAlias = int | IO[bytes]

# Exit statuses of a child past its CPU limit, or killed because the machine ran out of memory.
KILLED_BY_LIMIT = (-9, -24)  # SIGKILL, SIGXCPU

# Contains none of the server's secrets: no keys, no proxies, no home folder.
_BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Confinement:
    """Limits of one child process; exceeding any of them ends it.

    A decoder of ordinary music needs less than 100 MB, and 30 s of CPU for half an hour of sound.
    """

    memory_bytes: int = 2 * GIB
    cpu_s: int = 180
    file_bytes: int = 16 * MIB
    open_files: int = 256


@functools.cache
def _prefix(*prefix: str) -> tuple[str, ...]:
    """The words to put before a command; none if they do not work on this machine."""
    tool = shutil.which(prefix[0]) if sys.platform == "linux" else None
    if tool is None:
        return ()
    command = (tool, *prefix[1:])
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if done.returncode == 0 else ()


def _at_most(limit: int, value: int) -> int:
    """Return ``value``, or this process's hard limit if that is lower."""
    hard = resource.getrlimit(limit)[1]
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def _limits(confinement: Confinement) -> tuple[str, ...]:
    if sys.platform != "linux":
        return ()
    return _prefix(
        "prlimit",
        f"--as={_at_most(resource.RLIMIT_AS, confinement.memory_bytes)}",
        f"--cpu={_at_most(resource.RLIMIT_CPU, confinement.cpu_s)}",
        f"--fsize={_at_most(resource.RLIMIT_FSIZE, confinement.file_bytes)}",
        f"--nofile={_at_most(resource.RLIMIT_NOFILE, confinement.open_files)}",
        "--core=0",
        "--",
    )


def confined_command(argv: Sequence[str], confinement: Confinement | None) -> list[str]:
    """Prefix ``argv`` with the programs that set its limits.

    The kernel also kills the child when the *thread* that started it ends. So the thread that waits
    for a child must be the one that starts it.
    """
    limits = () if confinement is None else _limits(confinement)
    return [*_prefix("setpriv", "--pdeathsig", "KILL", "--"), *limits, *argv]


def start_process(
    argv: Sequence[str],
    *,
    stdin: Pipe = subprocess.DEVNULL,
    stdout: Pipe = subprocess.DEVNULL,
    stderr: Pipe = subprocess.PIPE,
    confinement: Confinement | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``argv``; a confined child gets a new session, and no secrets.

    An unconfined child stays in the caller's process group and ends with it.
    """
    bare = confinement is not None and os.name == "posix"
    process = subprocess.Popen(
        confined_command(argv, confinement),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=bare,
        env=_BARE_ENVIRONMENT if bare else None,
    )
    if process.stdout is not None:
        _widen(process.stdout)
    return process


def _widen(pipe: IO[bytes]) -> None:
    """Enlarge a pipe: the usual 64 KiB cause a process switch for each 0.2 s of sound."""
    if sys.platform == "linux":
        with suppress(OSError):  # all pipes of a user share a limit
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, MIB)


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a child, and its whole process group if it leads one."""
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):  # the child may have ended since poll()
        if os.name == "posix" and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


class Children:
    """The children that a pool's threads wait for; closing the pool kills them.

    Safe to share between threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = set[subprocess.Popen[bytes]]()
        self._is_closed = False

    def adopt_those_of_this_thread(self) -> None:
        """From now on, register each child that the calling thread starts."""
        _children.set(self)

    def kill_all(self) -> None:
        """Kill all children; from now on, kill each one when it starts."""
        with self._lock:
            self._is_closed = True
            for process in self._running:
                kill_tree(process)

    @contextmanager
    def running(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """Count ``process`` as running during the block."""
        with self._lock:
            self._running.add(process)
            if self._is_closed:
                kill_tree(process)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(process)


_children: ContextVar[Children] = ContextVar("children", default=Children())  # noqa: B039


def _lower_priority(process: subprocess.Popen[bytes]) -> None:
    """Lower the priority of the process group that ``process`` leads, if any."""
    if os.name == "posix":
        with suppress(ProcessLookupError):
            niceness = min(os.getpriority(os.PRIO_PGRP, process.pid) + 10, 19)
            os.setpriority(os.PRIO_PGRP, process.pid, niceness)
            lower_session(process.pid, niceness)


class TimeLimit:
    """Kills a child after a time; ``exceeded`` says whether it did.

    After a moment the child gets a lower priority, if it leads a process group: a slow file may be
    hostile, and must not take the processor from the files of others.
    """

    def __init__(self, process: subprocess.Popen[bytes], timeout_s: float) -> None:
        self.exceeded = False
        self._process, self._timeout_s = process, timeout_s
        self._is_over = threading.Event()
        self.restart()
        threading.Thread(target=self._watch, daemon=True).start()

    def restart(self) -> None:
        """Start the time limit anew."""
        self._ends_at = time.monotonic() + self._timeout_s

    def end(self) -> None:
        """Stop watching the child."""
        self._is_over.set()

    def _watch(self) -> None:
        if self._is_over.wait(min(_USUAL_S, self._timeout_s)):
            return
        _lower_priority(self._process)
        while (left_s := self._ends_at - time.monotonic()) > 0.0:
            if self._is_over.wait(left_s):
                return
        self.exceeded = True
        kill_tree(self._process)


@contextmanager
def time_limit(process: subprocess.Popen[bytes], timeout_s: float) -> Iterator[TimeLimit]:
    """Kill ``process`` after ``timeout_s``, or when the block raises; then reap it."""
    limit = TimeLimit(process, timeout_s)
    try:
        with process, _children.get().running(process):  # closes the child's pipes and reaps it
            try:
                yield limit
                process.wait()
            except BaseException:
                kill_tree(process)
                raise
    finally:
        limit.end()
