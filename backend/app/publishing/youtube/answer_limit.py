"""Cut off answers that arrive too slowly, byte by byte."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer

import httpx2

ANSWER_LIMIT_S = 120.0
"""Longest answer, from the sent request to its last byte; YouTube's take seconds."""


class AnswerLimit:
    """Limits the time of each whole answer to a client's requests, one at a time.

    httpx limits only the wait for the next byte, so a server that sends one a minute would hold a
    job, or a thread of the API, for days. The time of sending is not limited: an upload may be
    slow. An answer that is cut off looks like a broken connection.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._socket: socket.socket | None = None
        self._timer: Timer | None = None

    def watch(self, request: httpx2.Request) -> None:
        """Watch a request; a request hook of httpx."""
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        # httpx, "Extensions", request extension "trace"; the events of HTTP/1.1
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            stream = info["return_value"]
            self._socket = stream.get_extra_info("socket")  # type: ignore[attr-defined]
        elif event.endswith(".receive_response_headers.started"):
            self._timer = Timer(self._limit_s, self._cut_off)
            self._timer.daemon = True
            self._timer.start()
        elif event.endswith(".response_closed.started") and self._timer is not None:
            self._timer.cancel()

    def _cut_off(self) -> None:
        with suppress(OSError):  # closed a moment ago
            # Not the method of an encrypted socket, which would change its state under its reader
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # type: ignore[arg-type]
