"""Workers of jobs that split: executors in this process, and processes that can be killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.app.jobs.attempts import ExecutorOptions
from backend.app.jobs.processes.fork_launcher import ForkLauncher
from backend.app.jobs.queue import WORK
from backend.app.jobs.threads import ThreadExecutor
from backend.app.store.database import open_database
from backend.app.store.jobs.queue import SqlJobQueue
from backend.app.store.jobs.tasks import SqlTaskQueue
from tests import ROOT

from .quilts import QUILTS


def executor(url: str, workspaces: Path, lease_s: float = 30.0) -> ThreadExecutor:
    """A worker with one place."""
    options = ExecutorOptions(
        {"test": QUILTS},
        {"STORAGE_ROOT": str(workspaces.parent)},
        workspaces,
        {WORK: 1},
        lease_s=lease_s,
        niceness={WORK: 0},
    )
    database = open_database(url, migrate=False)
    launcher = ForkLauncher(["tests.jobs.tasks.quilts"])
    return ThreadExecutor(SqlJobQueue(database), options, launcher, tasks=SqlTaskQueue(database))


@contextmanager
def working(url: str, workspaces: Path) -> Iterator[ThreadExecutor]:
    """Run a worker in this process."""
    worker = executor(url, workspaces)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


@contextmanager
def process(url: str, workspaces: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker in a process of its own; it has started when the block begins."""
    command = [sys.executable, "-m", __name__, url, str(workspaces)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        try:
            yield worker
        finally:
            worker.kill()


def main(url: str, workspaces: str) -> None:
    worker = executor(url, Path(workspaces), lease_s=1.0)
    worker.start()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()
    worker.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
