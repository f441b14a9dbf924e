"""Run the OpenID Connect provider for tests, and script its faults."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx2

from tests import ROOT
from tests.patience import PATIENCE_S
from tests.ports import free_port

CLIENT_ID = "segue-of-the-tests"
CLIENT_SECRET = "canary-client-secret-5f1d"


@dataclass(frozen=True, slots=True)
class Provider:
    """A running provider at ``issuer``."""

    issuer: str

    def cheat(self, **script: object) -> None:
        """Script ID tokens and answers from now on."""
        httpx2.put(f"{self.issuer}/script", json=script, timeout=PATIENCE_S).raise_for_status()

    def seen(self) -> dict[str, dict[str, str]]:
        """The parameters of the last ``authorize`` and ``token`` requests."""
        return httpx2.get(f"{self.issuer}/seen", timeout=PATIENCE_S).raise_for_status().json()


@contextmanager
def provider_running() -> Iterator[Provider]:
    """Run the provider on a free port."""
    port = free_port()
    # The program's warnings concern deprecated parts of Authlib, not this project.
    command = [sys.executable, "-W", "ignore", "-m", "tests.oidc.provider", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        running = Provider(f"http://localhost:{port}")
        try:
            _wait_for(running, process)
            yield running
        finally:
            process.terminate()


def _wait_for(running: Provider, process: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + PATIENCE_S
    while monotonic() < deadline and process.poll() is None:
        try:
            running.seen()
        except httpx2.TransportError:
            sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not start")


def write_client_secrets(folder: Path) -> Path:
    """Write the file that Google's console issues for a web client."""
    file = folder / "client_secrets.json"
    web = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    file.write_text(json.dumps({"web": web}))
    return file
