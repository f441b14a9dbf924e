"""A proxy in front of an S3 server, that fails as it is told."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_HOP = ("transfer-encoding", "connection", "content-length")


@dataclass(frozen=True)
class Fault:
    """What happens to a request: an answer with ``status``, ``wait_s`` before it, or a cut answer.

    ``loses`` answers 200 without having stored anything.
    """

    status: int | None = None
    wait_s: float = 0.0
    cuts: bool = False
    loses: bool = False


@dataclass
class Proxy:
    """The next ``left`` requests that match ``what`` (method, path and query) meet the fault."""

    port: int = 0
    fault: Fault = Fault()
    what: str = ""
    left: int = 0
    met: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set(self, fault: Fault, *, what: str = "", times: int = 10**6) -> None:
        with self._lock:
            self.fault, self.what, self.left, self.met = fault, what, times, 0

    def heal(self) -> None:
        self.set(Fault(), times=0)

    def take(self, request: str) -> Fault:
        with self._lock:
            if not self.left or not re.search(self.what, request):
                return Fault()
            self.left, self.met = self.left - 1, self.met + 1
            return self.fault


@contextmanager
def in_front_of(port: int) -> Iterator[Proxy]:
    """Run a proxy of the server at ``port``."""
    proxy, stopping = Proxy(), threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy, port, stopping.wait))
    proxy.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield proxy
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(
    proxy: Proxy, port: int, wait: Callable[[float], bool]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            fault = proxy.take(f"{self.command} {self.path}")
            if self.headers.get("Expect"):
                self.send_response_only(100)
                self.end_headers()
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if fault.wait_s:
                wait(fault.wait_s)
            if fault.status or fault.loses:
                self._answer(fault.status or 200, {"ETag": '"0123456789abcdef0123456789abcdef"'})
                return
            self._pass_on(body, cuts=fault.cuts)

        def _pass_on(self, body: bytes, *, cuts: bool) -> None:
            upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                upstream.putrequest(self.command, self.path, skip_host=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("connection", "expect"):
                        upstream.putheader(name, value)
                upstream.endheaders(body)
                answer = upstream.getresponse()
                content = answer.read()
                headers = {n: v for n, v in answer.getheaders() if n.lower() not in _HOP}
                if self.command == "HEAD":
                    headers["Content-Length"] = answer.getheader("Content-Length") or "0"
                self._answer(answer.status, headers, content, cuts=cuts)
            finally:
                upstream.close()

        def _answer(
            self, status: int, headers: dict[str, str], content: bytes = b"", *, cuts: bool = False
        ) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if cuts:
                self.wfile.write(content[: len(content) // 2])
                self.close_connection = True
            else:
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = forward  # noqa: N815

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the client has given up
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    return Handler
