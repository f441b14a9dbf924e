"""PostgreSQL, Redis, API processes and workers, each a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests import ROOT
from tests.patience import PATIENCE_S

ALL_QUEUES = ("interactive", "cpu", "net")


@contextmanager
def worker(
    storage: Path, settings: Mapping[str, str], queues: Sequence[str] = ALL_QUEUES
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python -m backend.app.worker --queues …`` during the block."""
    command = [sys.executable, "-m", "backend.app.worker", "--queues", ",".join(queues)]
    environment = {**os.environ, "STORAGE_ROOT": str(storage), **settings}
    with (storage.parent / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
