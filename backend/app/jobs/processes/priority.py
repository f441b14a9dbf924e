"""Lower the priority of a child process, so that the API and shorter jobs come first."""

from __future__ import annotations

import os
import time
from pathlib import Path

# Without privileges, Linux accepts one change every tenth of a second, for all processes together.
_TRIES = 5
_AGAIN_AFTER_S = 0.11


def lower_priority(niceness: int) -> None:
    """Add ``niceness`` to this process, and to its session's group of processes."""
    lower_session(os.getpid(), os.nice(niceness))


def lower_session(process: int, niceness: int) -> None:
    """Set the niceness of the group of processes that a process's session is, if it leads it.

    Where Linux groups processes by session (``sched_autogroup_enabled``), each group gets an equal
    share of the processors, whatever the niceness of its processes. A child leads a session; of any
    other process the group is its user's whole terminal.
    """
    if not _leads_session(process):
        return
    group = Path(f"/proc/{process}/autogroup")
    for _ in range(_TRIES):
        try:
            group.write_text(str(niceness))
        except BlockingIOError:
            time.sleep(_AGAIN_AFTER_S)
        except OSError:
            return  # not Linux, or without groups: the process's niceness is enough
        else:
            return


def _leads_session(process: int) -> bool:
    try:
        return os.getsid(process) == process
    except OSError:  # it has ended
        return False
