"""Who holds a claim: a name from which its own host can tell whether the holder still lives."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def own_name() -> str:
    """A name for this process: ``host/pid/start/random``."""
    return f"{_host()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """True if ``owner`` was a process of this host and is gone; False wherever that is not sure."""
    host, pid, started, _ = owner.split("/")
    if host != _host():
        return False
    now = _started(int(pid))
    return now is None or (started != str(None) and str(now) != started)


def _host() -> str:
    """The host's name with its process namespace: containers may share the one, never both."""
    try:
        namespace = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()}#{namespace}"


def _started(pid: int) -> str | None:
    """What tells this process from a later one of the same number; None if there is none.

    Linux gives the start in clock ticks since boot, the 22nd field of ``stat``: the 20th after the
    program's name, which stands in brackets and may hold anything. A zombie counts as gone.
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
