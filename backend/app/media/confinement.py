"""How a program that reads a stranger's file is kept small: limits on it, and no life after ours.

Why programs of util-linux in front of the command, and not ``preexec_fn``? tl;dr: the API has many
threads, and Python code between fork and exec may deadlock there. Where ``setpriv`` and
``prlimit`` are absent (macOS, Windows), only the time limit holds: the whole process group is
killed when time is up, which bounds everything else less tightly.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TypeAlias

if sys.platform != "win32":
    import fcntl
    import resource

GIB = 1 << 30
MIB = 1 << 20

Pipe: TypeAlias = int | IO[bytes]

# Enough for a program that must find nothing of ours: no keys, no proxies, no home.
_BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Confinement:
    """What one child process may use; going past any of these ends it.

    A decoder of ordinary music stays under 100 MB and 30 s of CPU for half an hour of sound.
    """

    memory_bytes: int = 2 * GIB
    cpu_s: int = 180
    file_bytes: int = 16 * MIB
    open_files: int = 256


@functools.cache
def _prefix(*prefix: str) -> tuple[str, ...]:
    """``prefix`` if it can be put before a command on this machine, else nothing."""
    tool = shutil.which(prefix[0]) if sys.platform == "linux" else None
    if tool is None:
        return ()
    command = (tool, *prefix[1:])
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else ()


def _at_most(limit: int, value: int) -> int:
    """``value``, or the hard limit that this process lives under itself and can't lift."""
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
    """``argv`` behind what makes it die with the calling *thread* and keep within its limits.

    The kernel sends the death signal when the thread that started the child ends, so a child is
    to be started by the thread that waits for it.
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
    """Start ``argv``; a confined child gets its own session and an environment without secrets.

    An unconfined one stays in the caller's process group, so that ending a step's group ends it.
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
    """64 KiB, the usual size of a pipe, cost a switch of processes for each 0.2 s of sound."""
    if sys.platform == "linux":
        with suppress(OSError):  # a user's pipes may only take so much together
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, MIB)


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End a child at once, and its whole group where it leads one."""
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):  # it may end by itself between the two lines
        if os.name == "posix" and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


class Deadline:
    """Whether a child was ended because its time was up."""

    def __init__(self) -> None:
        self.passed = False


@contextmanager
def ended_after(process: subprocess.Popen[bytes], timeout_s: float) -> Iterator[Deadline]:
    """Kill ``process`` when ``timeout_s`` have passed, and in any case when the block ends."""
    deadline = Deadline()

    def end() -> None:
        deadline.passed = True
        kill_tree(process)

    timer = threading.Timer(timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        with process:  # closes its pipes and reaps it
            try:
                yield deadline
                process.wait()
            except BaseException:
                kill_tree(process)
                raise
    finally:
        timer.cancel()
