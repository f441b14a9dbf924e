"""Lower a child process's priority, so that the API and shorter jobs come first."""

from __future__ import annotations

import os
import time
from pathlib import Path

# Without privileges, Linux accepts one change per tenth of a second, counted over all processes.
_TRIES = 5
_AGAIN_AFTER_S = 0.11


def lower_priority(niceness: int) -> None:
    """Add ``niceness`` to this process and, if it leads a session, to the session."""
    lower_session(os.getpid(), os.nice(niceness))


def lower_session(process: int, niceness: int) -> None:
    """Set the niceness of a process's session, if the process leads it.

    Where Linux groups processes by session (``sched_autogroup_enabled``), each session gets an
    equal share of the processors, whatever the niceness of its processes. A child process leads a
    session of its own; any other process shares the session of the user's terminal, which is left
    alone.
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
            return  # not Linux, or no grouping by session: the process's own niceness is enough
        else:
            return


def _leads_session(process: int) -> bool:
    try:
        return os.getsid(process) == process
    except OSError:  # the process has ended
        return False
