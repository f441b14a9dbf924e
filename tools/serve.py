"""Start the API and the app side by side, say where they are, and end both together."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
USUAL_PORTS = (8000, 8501)
# The API hands running jobs back when it is told to stop; past this it is made to.
GRACE_S = 15.0
# A cold start on a slow disk compiles every module once.
START_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """A process to start: its name, port, health page and command line."""

    name: str
    port: int
    health_path: str
    command: tuple[str, ...]

    @property
    def health_url(self) -> str:
        """Answers 200 once the server is up."""
        return f"http://{HOST}:{self.port}{self.health_path}"


def servers(api_port: int, ui_port: int) -> tuple[Server, Server]:
    """The two processes that Segue consists of."""
    python = (sys.executable, "-m")
    api = ("uvicorn", "backend.app.main:app", "--host", HOST, "--port", str(api_port))
    ui = ("streamlit", "run", "frontend/streamlit_app.py", "--server.address", HOST)
    # Streamlit's own greeting names 127.0.0.1, an origin that the API does not expect.
    quiet = ("--server.headless", "true", "--logger.hideWelcomeMessage", "true")
    return (
        Server("API", api_port, "/health", (*python, *api)),
        Server(
            "app", ui_port, "/_stcore/health", (*python, *ui, "--server.port", str(ui_port), *quiet)
        ),
    )


def environment(api_port: int, ui_port: int) -> dict[str, str]:
    """The environment of both: other ports than the usual ones move the addresses with them.

    What the user has set stays; with the usual ports ``.env`` keeps the last word.
    """
    if (api_port, ui_port) == USUAL_PORTS:
        return dict(os.environ)
    api, ui = f"http://localhost:{api_port}", f"http://localhost:{ui_port}"
    addresses = {"API_BASE": api, "STREAMLIT_REDIRECT_BASE": ui, "CORS_ORIGINS": ui}
    return {**addresses, **os.environ}


def port_is_taken(port: int) -> bool:
    """Whether somebody else already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def answers(server: Server) -> bool:
    """Whether a server's health page says 200."""
    try:
        with urllib.request.urlopen(server.health_url, timeout=2.0) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def start(server: Server, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C reaches only this launcher."""
    return subprocess.Popen(server.command, cwd=ROOT, env=env, start_new_session=True)


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, wait, and end what is left."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_S
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def watch(pair: Sequence[Server], processes: Sequence[subprocess.Popen[bytes]]) -> str:
    """Announce the app once both answer, then wait; returns which server ended by itself."""
    announced, deadline = False, time.monotonic() + START_LIMIT_S
    while True:
        for server, process in zip(pair, processes, strict=True):
            if process.poll() is not None:
                return f"The {server.name} ended by itself (exit code {process.returncode})."
        if not announced and all(answers(server) for server in pair):
            print(
                f"\n  Segue is ready: http://localhost:{pair[1].port}   (Ctrl-C ends it)\n",
                flush=True,
            )
            announced = True
        if not announced and time.monotonic() > deadline:
            return f"Segue did not come up within {START_LIMIT_S:.0f} s."
        time.sleep(0.3)


def main(arguments: Sequence[str]) -> int:
    """Run until interrupted, or until one of the two ends by itself."""
    parser = argparse.ArgumentParser(prog="python -m tools.serve", description=__doc__)
    parser.add_argument("--api-port", type=int, default=USUAL_PORTS[0])
    parser.add_argument("--ui-port", type=int, default=USUAL_PORTS[1])
    ports = parser.parse_args(arguments)
    pair = servers(ports.api_port, ports.ui_port)
    for server, option in zip(pair, ("--api-port", "--ui-port"), strict=True):
        if port_is_taken(server.port):
            print(
                f"Port {server.port}, for Segue's {server.name}, is taken by another program.\n"
                "End that program (is Segue running already?), or choose another port:\n"
                f"  {sys.executable} -m tools.serve {option} PORT",
                file=sys.stderr,
            )
            return 1
    return run(pair, environment(ports.api_port, ports.ui_port))


def run(pair: Sequence[Server], env: Mapping[str, str]) -> int:
    """Start both, watch them, and leave nothing behind; 0 when the user ended it."""
    signal.signal(signal.SIGTERM, _interrupt)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.extend(start(server, env) for server in pair)
        print(watch(pair, processes), file=sys.stderr)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(processes)
    return 1


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
