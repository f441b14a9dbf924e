"""A local HTTP server, for stand-ins of other servers."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class ThreadedServer:
    """Serves on a free port during the block; several threads call ``serve``.

    With a ``context`` it serves HTTPS.
    """

    def __init__(
        self,
        serve: Callable[[BaseHTTPRequestHandler], None],
        port: int = 0,
        *,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(serve))
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self._server.block_on_close = False  # a client may keep its connection open
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self) -> None:
        """Wait until the process is ended."""
        self._thread.join()


def _handler(serve: Callable[[BaseHTTPRequestHandler], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            with suppress(ConnectionError):  # the client is gone, killed perhaps
                serve(self)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  its names

        def finish(self) -> None:
            with suppress(ConnectionError):
                super().finish()

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler
