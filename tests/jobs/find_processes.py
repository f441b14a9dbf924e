"""Find the processes of jobs; wait for their end."""

from __future__ import annotations

import psutil

from tests.patience import wait_until

#: Fork servers that other tests of this process share; tests of jobs start their own.
SHARED: set[psutil.Process] = set()


def fork_server(of: psutil.Process | None = None) -> psutil.Process | None:
    """Return the fork server of ``of`` (by default this process), or None."""
    children = (of or psutil.Process()).children()
    servers = (child for child in children if _is_fork_server(child))
    return next((server for server in servers if server not in SHARED), None)


def running_jobs(of: psutil.Process) -> list[psutil.Process]:
    """Return the forked processes that run jobs."""
    server = fork_server(of)
    return [child for child in server.children() if is_alive(child)] if server else []


def _is_fork_server(process: psutil.Process) -> bool:
    try:
        return "--fork-server" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def is_gone(process: psutil.Process) -> bool:
    """Wait for the end of a process, which would otherwise outlive the wait."""
    wait_until(lambda: not is_alive(process), what=f"for the end of {process}")
    return True
