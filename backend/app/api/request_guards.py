"""Request guards: authentication before the body is read, size limits, security headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..accounts.sign_in import Accounts
from ..errors import NotSignedIn, SegueError, TooLarge
from .docs_page import DOCS, DOCS_POLICY
from .errors import problem_response

# The largest JSON body, a mixtape of 500 tracks, is 300 kB.
MAX_BODY = 1024 * 1024
# Routes that accept a body without sign-in.
_OPEN_TO_ALL = "/auth/"
_NO_SCRIPTS = "sandbox; default-src 'none'"


class BodyGuard:
    """Requires sign-in and a size limit before a request's body is read.

    The framework reads the whole body before a route's dependencies run: 291 of 300 MiB were on
    disk before it answered 401. FastAPI's ``max_body_size`` answers in plain text, so it is not
    used.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reject the request, or pass it on while counting its body."""
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
        accounts = cast(Accounts, scope["app"].state.services.sign_in.accounts)
        accounts.user_id_of(bearer_token(headers.get("authorization", "")))
    if not length.isascii() or not length.isdigit() or int(length[:19]) > limit:
        raise TooLarge(
            "The request is larger than this server allows.",
            hint=f"Send at most {limit // 1024**2} MB per request.",
        )


def bearer_token(authorization: str) -> str:
    """Extract the bearer token of an ``Authorization`` header, or raise :class:`NotSignedIn`."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("You are not signed in.", hint="Sign in and try again.")
    return token


class _Body:
    """Counts a request's body; closes the connection if the response comes before its end."""

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
            # the only exception that FastAPI's reading of bodies lets through
            raise HTTPException(413)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._complete:
            # The rest of the body will not be read, so the connection can't be reused.
            MutableHeaders(scope=message)["connection"] = "close"
        await self._send(message)


class SecurityHeaders:
    """Adds headers against content sniffing, framing, referrers, scripts, and stored JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add headers to the response."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers)


def _secure(headers: MutableHeaders, path: str) -> None:
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "no-referrer"
    headers["x-frame-options"] = "DENY"
    is_docs = path == DOCS or path.startswith(f"{DOCS}/")
    headers["content-security-policy"] = DOCS_POLICY if is_docs else _NO_SCRIPTS
    if headers.get("content-type", "").startswith("application/json"):
        # most responses are about a person
        headers.setdefault("cache-control", "private, no-store")
