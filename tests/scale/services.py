"""API processes and workers, each a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import httpx2

from tests import ROOT
from tests.journey.server import Server
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


class InTurns(httpx2.BaseTransport):
    """Sends requests to the first server in turns with the others, as a proxy does."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._first = servers[0].port
        self._ports = cycle(server.port for server in servers)
        self._inner = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.port == self._first:
            request.url = request.url.copy_with(port=next(self._ports))
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def folder_of_machine(root: Path, name: str) -> Path:
    """Return a storage folder that no other machine has."""
    storage = root / name / "storage"
    storage.parent.mkdir(parents=True)
    return storage
