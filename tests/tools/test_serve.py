"""The launcher behind ``make run``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.patience import PATIENCE_S, wait_until
from tests.ports import free_port
from tools import serve


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        yield taken


def page_server(name: str, port: int, *, answers: int | None = None) -> serve.Server:
    """A small web server that answers every path with 200, and ends after so many answers."""
    code = (
        "import http.server, itertools, sys\n"
        "class Page(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200); self.end_headers()\n"
        "    def log_message(self, *words): pass\n"
        f"server = http.server.HTTPServer(('{serve.HOST}', {port}), Page)\n"
        f"for _ in itertools.count() if {answers} is None else range({answers}):\n"
        "    server.handle_request()\n"
        "sys.exit(3)\n"
    )
    return serve.Server(name, port, "/", (sys.executable, "-c", code))


def test_taken_port_is_reported_with_a_solution(
    listener: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    port = listener.getsockname()[1]
    assert serve.main(["--api-port", str(port), "--ui-port", str(free_port())]) == 1
    said = capsys.readouterr().err
    assert f"Port {port}, for Segue's API, is taken" in said
    assert "make run PORT=" in said


def test_end_of_one_server_stops_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    api = page_server("API", free_port())
    app = page_server("app", free_port(), answers=1)
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert serve.run((api, app), serve.environment(*serve.USUAL_PORTS)) == 1
    finally:
        signal.signal(signal.SIGTERM, before)
    told = capsys.readouterr()
    assert "The app ended by itself (exit code 3)" in told.err
    assert f"http://localhost:{app.port}" in told.out
    assert not serve.answers(api)


def test_ctrl_c_stops_both_without_failure() -> None:
    api_port, app_port = free_port(), free_port()
    code = (
        # A parent in the background passes on an ignored SIGINT.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tests.tools.test_serve import page_server; from tools import serve; import os, sys\n"
        f"pair = (page_server('API', {api_port}), page_server('app', {app_port}))\n"
        "sys.exit(serve.run(pair, os.environ))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=serve.ROOT, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        assert f"localhost:{app_port}" in "".join(launcher.stdout.readline() for _ in range(2))
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(PATIENCE_S) == 0
    assert not serve.port_is_taken(api_port)
    assert not serve.port_is_taken(app_port)


def test_addresses_follow_changed_ports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "http://mine")
    monkeypatch.delenv("API_BASE", raising=False)
    moved = serve.environment(9000, 9501)
    assert moved["API_BASE"] == "http://localhost:9000"
    assert moved["CORS_ORIGINS"] == "http://mine"
    assert "API_BASE" not in serve.environment(*serve.USUAL_PORTS)


def test_servers_use_the_documented_commands() -> None:
    api, app = serve.servers(8000, 8501)
    assert api.command[2:4] == ("uvicorn", "backend.app.main:app")
    assert app.command[2:5] == ("streamlit", "run", "frontend/streamlit_app.py")


def test_stopping_api_does_not_wait_for_a_slow_body(tmp_path: Path) -> None:
    api, _ = serve.servers(free_port(), free_port())
    process = serve.start(api, {**os.environ, "STORAGE_ROOT": str(tmp_path / "storage")})
    headers = ("Host: localhost", "Content-Type: application/json", "Content-Length: 1000")
    head = "\r\n".join(("POST /auth/register HTTP/1.1", *headers, "Expect: 100-continue", "", ""))
    try:
        wait_until(lambda: serve.answers(api))
        with socket.create_connection((serve.HOST, api.port), PATIENCE_S) as slow:
            slow.sendall(head.encode())
            assert slow.recv(100).startswith(b"HTTP/1.1 100 ")  # it begins to read the body
            slow.sendall(b"{")
            process.terminate()
            process.wait(PATIENCE_S)  # without a limit it would wait for the body for ever
    finally:
        process.kill()


def test_long_message_of_a_stranger_closes_the_socket(tmp_path: Path) -> None:
    """Else each connection could fill 16 MiB of memory before it has signed in."""
    api, _ = serve.servers(free_port(), free_port())
    process = serve.start(api, {**os.environ, "STORAGE_ROOT": str(tmp_path / "storage")})
    try:
        wait_until(lambda: serve.answers(api))
        with connect(f"ws://{serve.HOST}:{api.port}/ws/me") as stranger:
            stranger.send("x" * (serve.MAX_MESSAGE_BYTES + 1))
            with pytest.raises(ConnectionClosed) as closed:
                stranger.recv(PATIENCE_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009  # too big, says the protocol
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def test_only_trusted_proxies_name_addresses_of_browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Mapping[str, str]] = []
    monkeypatch.setattr(serve, "run", lambda pair, env: given.append(env) or 0)
    ports = ["--api-port", str(free_port()), "--ui-port", str(free_port())]
    for proxies in ("", "127.0.0.1,10.0.0.0/8"):
        monkeypatch.setenv("TRUSTED_PROXIES", proxies)
        assert serve.main(ports) == 0
    assert [env["FORWARDED_ALLOW_IPS"] for env in given] == ["", "127.0.0.1,10.0.0.0/8"]
    assert "--no-proxy-headers" in serve.servers(8000, 8501)[0].command
