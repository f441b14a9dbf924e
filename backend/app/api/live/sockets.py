"""WebSockets: sign-in by the first message, limits, and reasons for closing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from ...accounts.sign_in import Accounts
from ...accounts.tokens import VerifiedToken
from ...contract.live import JobChange, SocketSignIn
from ...errors import NotFound, NotSignedIn, SegueError, TooManyStreams

_SIGN_IN_S = 10.0
# A listener that takes no message for this long has vanished, or blocks.
_SEND_S = 30.0
_CLOSE_S = 5.0
_MAX_FIRST_MESSAGE = 8192
#: Sockets of one process that have not signed in.
MOST_STRANGERS = 100


@dataclass(frozen=True, slots=True)
class Closing:
    """Why a socket closes: a code (4000 and above are Segue's own) and a reason."""

    code: int
    reason: str


ENDED = Closing(1000, "ended")
DELETED = Closing(1000, "deleted")
STOPPING = Closing(1012, "stopping")
BUSY = Closing(1013, "busy")
SIGNED_OUT = Closing(4401, "signed_out")
NO_SIGN_IN = Closing(4408, "no_sign_in")
TOO_SLOW = Closing(4408, "too_slow")
# As HTTP statuses, so that one table serves a client for both.
_CODES: tuple[tuple[type[SegueError], int], ...] = (
    (NotSignedIn, 4401),
    (NotFound, 4404),
    (TooManyStreams, 4429),
)


class Sockets:
    """The sockets of one process; counts those that have not signed in."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._n_strangers = 0

    async def serve(
        self, socket: WebSocket, follow: Callable[[VerifiedToken], Awaitable[Closing | None]]
    ) -> None:
        """Accept a socket, wait for its token, call ``follow``, and close with its reason."""
        await socket.accept()
        with suppress(WebSocketDisconnect):
            closing = await self._followed(socket, follow)
            if closing is not None:
                await _close(socket, closing)

    async def _followed(
        self, socket: WebSocket, follow: Callable[[VerifiedToken], Awaitable[Closing | None]]
    ) -> Closing | None:
        try:
            return await follow(await self._token(socket))
        except SegueError as error:
            codes = (code for kind, code in _CODES if isinstance(error, kind))
            return Closing(next(codes, BUSY.code), error.code)
        except TimeoutError:
            return NO_SIGN_IN

    async def _token(self, socket: WebSocket) -> VerifiedToken:
        if self._n_strangers >= MOST_STRANGERS:
            raise TooManyStreams("Too many connections wait to sign in.", code=BUSY.reason)
        self._n_strangers += 1
        try:
            with anyio.fail_after(_SIGN_IN_S):
                first = await socket.receive_text()
                token = _read(first)
                await run_in_threadpool(self._accounts.user, token)
        finally:
            self._n_strangers -= 1
        return self._accounts.verified(token)


def _read(first: str) -> str:
    """Return the token of a first message."""
    try:
        if len(first) > _MAX_FIRST_MESSAGE:
            raise ValueError("too long")
        return SocketSignIn.model_validate_json(first).token
    except ValueError as e:  # also pydantic's
        raise NotSignedIn(
            "The first message has no access token.", hint='Send {"token": "..."} first.'
        ) from e


async def send_changes(socket: WebSocket, changes: AsyncIterator[JobChange]) -> Closing | None:
    """Send each change until the last one; None if the client has closed the socket.

    Later messages of the client are dropped.
    """
    closing: Closing | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_cancel_when_gone, socket, tasks.cancel_scope)
        closing = await _send_all(socket, changes)
        tasks.cancel_scope.cancel()
    return closing


async def _send_all(socket: WebSocket, changes: AsyncIterator[JobChange]) -> Closing | None:
    async for change in changes:
        with anyio.move_on_after(_SEND_S) as patience:
            try:
                await socket.send_text(change.model_dump_json())
            except WebSocketDisconnect:
                return None
        if patience.cancelled_caught:
            return TOO_SLOW
    return ENDED


async def _cancel_when_gone(socket: WebSocket, scope: anyio.CancelScope) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    scope.cancel()


async def _close(socket: WebSocket, closing: Closing) -> None:
    """Close a socket; one that is closed already stays so."""
    with suppress(RuntimeError, WebSocketDisconnect), anyio.move_on_after(_CLOSE_S):
        await socket.close(closing.code, closing.reason)
