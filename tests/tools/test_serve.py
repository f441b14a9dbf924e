"""The launcher behind ``make run``."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tools import serve


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        yield taken


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((serve.HOST, 0))
        return int(probe.getsockname()[1])


def page_server(name: str, port: int, *, lives_s: float = 60.0) -> serve.Server:
    """A small web server that answers every path with 200 and ends by itself after a while."""
    code = (
        "import http.server, sys, threading, time\n"
        "class Page(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200); self.end_headers()\n"
        "    def log_message(self, *words): pass\n"
        f"server = http.server.HTTPServer(('{serve.HOST}', {port}), Page)\n"
        "threading.Thread(target=server.serve_forever, daemon=True).start()\n"
        f"time.sleep({lives_s}); sys.exit(3)\n"
    )
    return serve.Server(name, port, "/", (sys.executable, "-c", code))


def test_a_taken_port_is_named_and_a_way_out_given(
    listener: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    port = listener.getsockname()[1]
    assert serve.main(["--api-port", str(port), "--ui-port", str(free_port())]) == 1
    said = capsys.readouterr().err
    assert f"Port {port}, for Segue's API, is taken" in said
    assert "--api-port" in said


def test_a_server_that_dies_takes_the_other_one_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    api = page_server("API", free_port())
    app = page_server("app", free_port(), lives_s=1.5)
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert serve.run((api, app), serve.environment(*serve.USUAL_PORTS)) == 1
    finally:
        signal.signal(signal.SIGTERM, before)
    told = capsys.readouterr()
    assert "The app ended by itself (exit code 3)" in told.err
    assert f"http://localhost:{app.port}" in told.out
    assert not serve.answers(api)


def test_ctrl_c_ends_both_and_is_no_failure() -> None:
    api_port, app_port = free_port(), free_port()
    code = (
        "from tests.tools.test_serve import page_server; from tools import serve; import os, sys\n"
        f"pair = (page_server('API', {api_port}), page_server('app', {app_port}))\n"
        "sys.exit(serve.run(pair, os.environ))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=serve.ROOT, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        assert f"localhost:{app_port}" in "".join(launcher.stdout.readline() for _ in range(2))
        launcher.send_signal(signal.SIGINT)
        # 10 s: the stand-ins end at once on SIGTERM; the rest is a busy machine
        assert launcher.wait(10) == 0
    assert not serve.port_is_taken(api_port)
    assert not serve.port_is_taken(app_port)


def test_other_ports_move_the_addresses_and_the_usual_ones_leave_them_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "http://mine")
    monkeypatch.delenv("API_BASE", raising=False)
    moved = serve.environment(9000, 9501)
    assert moved["API_BASE"] == "http://localhost:9000"
    assert moved["CORS_ORIGINS"] == "http://mine"
    assert "API_BASE" not in serve.environment(*serve.USUAL_PORTS)


def test_the_servers_are_those_of_the_plain_commands() -> None:
    api, app = serve.servers(8000, 8501)
    assert api.command[2:4] == ("uvicorn", "backend.app.main:app")
    assert app.command[2:5] == ("streamlit", "run", "frontend/streamlit_app.py")
