"""Name the process that holds a claim, and check whether it is alive."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def own_name() -> str:
    """Return a name for this process: ``host/pid/start/random``."""
    return f"{_host()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def is_local(owner: str) -> bool:
    """Whether ``owner`` is a process of this host, dead or alive."""
    return owner.split("/")[0] == _host()


def is_dead(owner: str) -> bool:
    """Whether ``owner`` was a process of this host and has certainly ended."""
    host, pid, started, _ = owner.split("/")
    if host != _host():
        return False
    now = _started(int(pid))
    return now is None or (started != str(None) and str(now) != started)


def _host() -> str:
    """Host name and process namespace: two containers may share one, but not both."""
    try:
        namespace = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()}#{namespace}"


def _started(pid: int) -> str | None:
    """Start time of process ``pid``, or None if it does not run.

    It distinguishes the process from a later one with the same id. Linux gives it in clock ticks
    since boot, as the 22nd field of ``stat``: the 20th after the program's name, which is in
    brackets and may contain anything. A zombie counts as not running.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _runs_without_proc(pid)
    return None if fields[0] == "Z" else fields[19]


def _runs_without_proc(pid: int) -> str | None:
    if Path("/proc/self/stat").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return "unknown"
