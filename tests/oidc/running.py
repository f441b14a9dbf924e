"""The provider of OpenID Connect as tests know it: where it answers, and how it is to cheat."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx2

ROOT = Path(__file__).parents[2]
CLIENT_ID = "segue-of-the-tests"
CLIENT_SECRET = "canary-client-secret-5f1d"
# It imports Flask and makes two RSA keys: two seconds on a machine that is busy.
START_S = 60.0


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that runs; ``issuer`` is where it answers."""

    issuer: str

    def cheat(self, **script: object) -> None:
        """Say from now on in ID tokens, or answer at addresses, what the script has."""
        httpx2.put(f"{self.issuer}/script", json=script).raise_for_status()

    def seen(self) -> dict[str, dict[str, str]]:
        """What the last ``authorize`` and ``token`` requests carried."""
        return httpx2.get(f"{self.issuer}/seen").raise_for_status().json()


@contextmanager
def provider_running() -> Iterator[Provider]:
    """Run the provider on a free port, and end it."""
    port = free_port()
    # Its own warnings are not this project's: it uses parts of Authlib that are on their way out.
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
    deadline = monotonic() + START_S
    while monotonic() < deadline and process.poll() is None:
        try:
            running.seen()
        except httpx2.TransportError:
            sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not start")


def write_client_secrets(folder: Path) -> Path:
    """The file that Google's console gives for a web client."""
    file = folder / "client_secrets.json"
    web = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    file.write_text(json.dumps({"web": web}))
    return file


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
