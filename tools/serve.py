"""Start the API and the app, print their addresses, and stop both together."""

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

from backend.app.errors import BadSettings
from backend.app.wiring.settings.checks import DATABASE_CHECKED, check_server_settings
from backend.app.wiring.settings.read_settings import read_settings

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
USUAL_PORTS = (8000, 8501)
# Seconds for the API to release running jobs before it is killed.
GRACE_S = 15.0
# A stopping API waits this many seconds for requests whose bodies arrive slowly.
SLOW_REQUESTS_S = 6
# Longest message of a WebSocket's client, who may be anyone; a token takes a few hundred bytes.
MAX_MESSAGE_BYTES = 16384
# After a cold start on a slow disk, every module must be compiled.
START_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """A process to start; its health page answers 200 once it is ready."""

    name: str
    port: int
    health_path: str
    command: tuple[str, ...]


def servers(api_port: int, ui_port: int) -> tuple[Server, Server]:
    """The two processes that make up Segue."""
    python = (sys.executable, "-m")
    api = ("uvicorn", "backend.app.main:app", "--host", HOST, "--port", str(api_port))
    own_proxies = "--no-proxy-headers"  # the API reads TRUSTED_PROXIES itself
    patience = ("--timeout-graceful-shutdown", str(SLOW_REQUESTS_S))
    limits = ("--ws-max-size", str(MAX_MESSAGE_BYTES))
    address = ("--server.address", HOST, "--server.port", str(ui_port))
    # Streamlit's greeting would name 127.0.0.1, an origin that the API does not accept.
    quiet = ("--server.headless", "true", "--logger.hideWelcomeMessage", "true")
    app = ("streamlit", "run", "frontend/streamlit_app.py", *address, *quiet)
    return (
        Server("API", api_port, "/health", (*python, *api, own_proxies, *patience, *limits)),
        Server("app", ui_port, "/_stcore/health", (*python, *app)),
    )


def environment(api_port: int, ui_port: int) -> dict[str, str]:
    """Return the environment of both processes; other ports change the addresses.

    Variables that the user has set stay; with the usual ports, ``.env`` overrides everything else.
    """
    if (api_port, ui_port) == USUAL_PORTS:
        return dict(os.environ)
    api, ui = f"http://localhost:{api_port}", f"http://localhost:{ui_port}"
    addresses = {"API_BASE": api, "STREAMLIT_REDIRECT_BASE": ui, "CORS_ORIGINS": ui}
    return {**addresses, **os.environ}


def port_is_taken(port: int) -> bool:
    """Return whether another program already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def answers(server: Server) -> bool:
    """Whether a server's health page answers 200."""
    url = f"http://{HOST}:{server.port}{server.health_path}"
    try:
        with urllib.request.urlopen(url, timeout=2.0) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def start(server: Server, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a server in its own session, so that Ctrl-C reaches only this launcher."""
    return subprocess.Popen(server.command, cwd=ROOT, env=env, start_new_session=True)


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Terminate all servers; kill those that do not stop in time."""
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
    """Print the app's address once both respond, then wait until one ends by itself.

    Returns a sentence about that server.
    """
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
    """Run until the user interrupts, or until one of the two processes ends by itself."""
    parser = argparse.ArgumentParser(prog="python -m tools.serve", description=__doc__)
    parser.add_argument("--api-port", type=int, default=USUAL_PORTS[0])
    parser.add_argument("--ui-port", type=int, default=USUAL_PORTS[1])
    ports = parser.parse_args(arguments)
    pair = servers(ports.api_port, ports.ui_port)
    for server in pair:
        if port_is_taken(server.port):
            print(
                f"Port {server.port}, for Segue's {server.name}, is taken by another program.\n"
                "End that program (is Segue running already?), or choose other ports:\n"
                "  make run PORT=8600   (the app's; the API gets 8601)",
                file=sys.stderr,
            )
            return 1
    try:
        settings = read_settings()
        check_server_settings(settings)
    except BadSettings as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return 1
    # the first for the app's server, the second for the API
    for_both = {"FORWARDED_ALLOW_IPS": settings.trusted_proxies, DATABASE_CHECKED: "yes"}
    return run(pair, environment(ports.api_port, ports.ui_port) | for_both)


def run(pair: Sequence[Server], env: Mapping[str, str]) -> int:
    """Start both processes, watch and stop them; return 0 if the user ended them."""
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
