"""What stands before every route: who is it, how much may they send, what may a browser do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..accounts.sign_in import Accounts
from ..errors import NotSignedIn, SegueError, TooLarge
from .problems import problem_response

# Everything but an upload is a few lines of JSON; the largest, an order for 500 tracks, is 300 kB.
MAX_BODY = 1024 * 1024
# Where somebody who is not signed in yet may send something.
_OPEN_TO_ALL = "/auth/"
_DOCS = ("/docs", "/redoc")


class BodyGuard:
    """Lets a body in only for somebody who is signed in, and only so many bytes of it.

    A framework reads the whole body before a route's dependencies run: 291 of 300 MiB were on disk
    before a 401. Here the answer goes out before a byte of the body is read. FastAPI's own
    ``max_body_size`` does not serve: it answers in plain text.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on with its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], MAX_BODY)
        body = _Body(receive, send, limit, expected=_has_body(scope))
        try:
            if _has_body(scope):
                _refuse_early(scope, limit)
        except SegueError as refusal:
            await problem_response(refusal)(scope, receive, body.send)
            return
        await self._app(scope, body.receive, body.send)


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _refuse_early(scope: Scope, limit: int) -> None:
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    if not scope["path"].startswith(_OPEN_TO_ALL):
        accounts = cast(Accounts, scope["app"].state.services.accounts)
        accounts.user_id_of(bearer_token(headers.get("authorization", "")))
    if not length.isascii() or not length.isdigit() or int(length[:19]) > limit:
        raise TooLarge(
            "The request is larger than this server allows.",
            hint=f"Send at most {limit // 1024**2} MB at once.",
        )


def bearer_token(authorization: str) -> str:
    """The token in an ``Authorization`` header; :class:`NotSignedIn` if it carries none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("You are not signed in.", hint="Sign in and try again.")
    return token


class _Body:
    """A request's body as it comes in: counted, and cut off when the answer is out early."""

    def __init__(self, receive: Receive, send: Send, limit: int, *, expected: bool) -> None:
        self._limit = limit
        self._receive = receive
        self._send = send
        self._n_bytes = 0
        self._complete = not expected

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._n_bytes += len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
        if self._n_bytes > self._limit:
            raise HTTPException(413)  # the one kind that passes through FastAPI's body reading
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._complete:
            # What has not been read by now is never read: the connection ends with the answer.
            MutableHeaders(scope=message)["connection"] = "close"
        await self._send(message)


class SecurityHeaders:
    """Tells browsers to take an answer for what it says it is, and to run nothing in it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add to the answer's headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers)


def _secure(headers: MutableHeaders, path: str) -> None:
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "no-referrer"
    headers["x-frame-options"] = "DENY"
    if not path.startswith(_DOCS):  # the documentation's pages run scripts
        headers["content-security-policy"] = "sandbox; default-src 'none'"
