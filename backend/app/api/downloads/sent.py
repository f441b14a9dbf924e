"""Responses that report when they have been sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send


class Reporting(Response):
    """Calls ``on_sent`` after the response, in a thread.

    Its argument says whether the client was sent the content up to its last byte: whole, or as one
    range, before it closed the connection. Responses that the server ends early are not reported.
    """

    on_sent: Callable[[bool], None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, then report."""
        if self.on_sent is None:
            await super().__call__(scope, receive, send)
            return
        transfer = _Transfer(send)
        await super().__call__(scope, receive, transfer.send)
        await run_in_threadpool(self.on_sent, transfer.is_whole)


class ReportingFile(Reporting, FileResponse):
    """A file."""


class ReportingStream(Reporting, StreamingResponse):
    """Generated content."""


class ReportingRedirect(Reporting, RedirectResponse):
    """A redirect; its last byte counts like that of the content."""


@dataclass(slots=True)
class _Transfer:
    """Watches the messages of one response."""

    _send: Send
    _reaches_end: bool = False
    is_whole: bool = False

    async def send(self, message: Message) -> None:
        """Pass a message on; remember whether it was the content's last."""
        if message["type"] == "http.response.start":
            self._reaches_end = _reaches_end(message)
        # raises, or is cancelled, once the client has closed the connection
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.is_whole = self._reaches_end


def _reaches_end(start: Message) -> bool:
    """Whether a response includes the content's last byte; not for several ranges at once."""
    if start["status"] != 206:
        return bool(start["status"] in (200, 302))
    content_range = Headers(raw=start["headers"]).get("content-range", "")
    last, _, size = content_range.rpartition("-")[2].partition("/")
    return last.isdigit() and size.isdigit() and int(last) + 1 == int(size)
