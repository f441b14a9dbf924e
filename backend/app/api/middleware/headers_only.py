"""Answer with headers only: to ``HEAD``, and if the client already has the content."""

from __future__ import annotations

import anyio
from starlette.datastructures import Headers
from starlette.staticfiles import NotModifiedResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_WHOLE_OR_PART = (200, 206)


class HeadersOnly:
    """Serves ``HEAD`` by the route for ``GET``, and 304 if the client has the content.

    ``If-None-Match`` names the ``ETag`` that it has. The rest of the response, such as reading a
    file or building a ZIP, is cancelled.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; end its response after the headers if they are enough."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        known = Headers(scope=scope).get("if-none-match")

        with anyio.CancelScope() as answering:

            async def send_once(message: Message) -> None:
                if message["type"] != "http.response.start":
                    await send(message)
                    return
                is_known = _is_not_modified(message, known)
                await send(_not_modified(message) if is_known else message)
                if is_head or is_known:
                    await send({"type": "http.response.body", "body": b""})
                    answering.cancel()
                    await anyio.lowlevel.checkpoint()

            await self._app({**scope, "method": "GET"}, receive, send_once)


def _is_not_modified(start: Message, known: str | None) -> bool:
    """Whether the client's entity tags include the response's, compared weakly."""
    tag = Headers(raw=start["headers"]).get("etag")
    if known is None or tag is None or start["status"] not in _WHOLE_OR_PART:
        return False
    tags = {one.strip().removeprefix("W/") for one in known.split(",")}
    return bool({tag.removeprefix("W/"), "*"} & tags)


def _not_modified(start: Message) -> Message:
    kept = NotModifiedResponse(Headers(raw=start["headers"]))
    return {"type": "http.response.start", "status": kept.status_code, "headers": kept.raw_headers}
