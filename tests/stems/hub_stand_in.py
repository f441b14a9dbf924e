"""A local model hub with the real protocol and configurable faults.

As on the real one, large files are on another host: a file's own address answers with its hash and
size, and sends the client there.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """The hub's files, behaviour and received requests.

    ``repositories`` are folders by name. After ``torn_after`` bytes each answer is cut off.
    ``bytes_per_s`` is the speed of large files, and may change. ``shown`` are the tokens sent.
    """

    repositories: dict[str, Path]
    address: str = ""
    refusal: tuple[int, str] | None = None
    damaged: bool = False
    silent: bool = False
    torn_after: int | None = None
    bytes_per_s: float | None = None
    asked: list[str] = field(default_factory=list)
    shown: list[str | None] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    @property
    def sent(self) -> list[str]:
        """Return the large files requested, with repetitions."""
        return [line.rpartition("/")[2] for line in self.asked if line.startswith("GET /cdn/")]

    def file(self, path: str) -> Path | None:
        """Return the file at ``/namespace/repository/resolve/revision/file``."""
        namespace, repository, _, _, name = path.strip("/").split("/")
        folder = self.repositories.get(f"{namespace}/{repository}")
        found = folder / name if folder else None
        return found if found and found.is_file() else None


@contextmanager
def hub(**repositories: Path) -> Iterator[Hub]:
    """Serve a hub with these repositories of ``adefossez``."""
    here = Hub({f"adefossez/{name}": folder for name, folder in repositories.items()})

    class Handler(_Handler):
        hub = here

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield here
    finally:
        here.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.hub.asked.append(f"{self.command} {self.path}")
        self.hub.shown.append(self.headers.get("Authorization"))
        if self.hub.silent:
            self.hub.over.wait(30.0)
            self.close_connection = True
        elif self.hub.refusal:
            status, code = self.hub.refusal
            self._head(status, {"X-Error-Code": code, "Content-Length": "0"})
        elif self.path.startswith("/cdn/"):
            self._send(self.hub.file(self.path.removeprefix("/cdn")))
        else:
            self._resolve(self.hub.file(self.path))

    def _resolve(self, file: Path | None) -> None:
        if file is None:
            about = {"X-Error-Code": "RepoNotFound", "Content-Length": "0"}
            self._head(404, about)
        elif file.suffix == ".yaml":
            self._send(file)
        else:
            host = self.hub.address.replace("127.0.0.1", "localhost")
            about = {
                "X-Repo-Commit": COMMIT,
                "X-Linked-Etag": f'"{hashlib.sha256(file.read_bytes()).hexdigest()}"',
                "X-Linked-Size": str(file.stat().st_size),
                "Location": f"{host}/cdn{self.path}",
                "Content-Length": "0",
            }
            self._head(302, about)

    def _send(self, file: Path | None) -> None:
        assert file is not None
        content = file.read_bytes()
        etag = hashlib.sha1(content).hexdigest()
        if self.hub.damaged and file.suffix != ".yaml":
            content = content[:-9] + b"\x7f" + content[-8:]
        first = int(self.headers.get("Range", "bytes=0-").partition("=")[2].partition("-")[0])
        about = {"X-Repo-Commit": COMMIT, "ETag": f'"{etag}"'}
        if first:
            about["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        about["Content-Length"] = str(len(content) - first)
        self._head(206 if first else 200, about)
        if self.command == "GET":
            self._body(content[first:], large=file.suffix != ".yaml")

    def _body(self, content: bytes, *, large: bool) -> None:
        if large and self.hub.torn_after is not None:
            self.wfile.write(content[: self.hub.torn_after])
            self.close_connection = True
        elif large and self.hub.bytes_per_s:
            while content and self.hub.bytes_per_s:
                step = round(self.hub.bytes_per_s / 20)
                self.wfile.write(content[:step])
                content = content[step:]
                time.sleep(0.05)
            self.wfile.write(content)
        else:
            self.wfile.write(content)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):  # the client disconnected
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass
