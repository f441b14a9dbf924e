"""An HTTP server with scripted answers that records its requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from tests.threaded_server import ThreadedServer


@dataclass(frozen=True)
class Request:
    """A request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Response:
    """An answer; without a status the connection is closed instead."""

    status: int | None = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(content: object, status: int = 200) -> Response:
    return Response(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def refused(status: int, reason: str, message: str = "in YouTube's own words") -> Response:
    """An error as Google's APIs write it."""
    faults = [{"domain": "youtube", "reason": reason, "message": message}]
    return json_response({"error": {"code": status, "message": message, "errors": faults}}, status)


class LocalServer(ThreadedServer):
    """A threaded server; errors in ``answer`` are raised at the end."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        super().__init__(self._serve)
        self.requests: list[Request] = []
        self._answer = answer
        self._faults: list[Exception] = []

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        super().__exit__(kind, e, tb)
        if self._faults:
            raise self._faults[0]

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(
            handler.command, address.path, dict(parse_qsl(address.query)), headers, body
        )
        self.requests.append(request)
        try:
            answer = self._answer(request)
        except Exception as e:
            self._faults.append(e)
            raise
        if answer.status is None:
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(answer.body)
