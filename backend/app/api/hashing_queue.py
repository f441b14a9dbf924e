"""A queue of its own for requests that hash a password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import anyio
from fastapi import Depends, Request

from ..accounts.attempts import too_many_at_once

# Passwords are hashed one at a time; the second request reads its rows meanwhile.
AT_ONCE = 2
# A hash takes about 100 ms, so the last one in the queue waits about WAIT_S.
MAX_WAITING = 200
WAIT_S = 20.0


class HashingQueue:
    """Lets few requests at a time into the thread pool that all routes share.

    Hashing is slow on purpose: without the queue, 40 sign-ins at once fill the pool, and all other
    requests wait for them. Waiting here costs no thread.
    """

    def __init__(self) -> None:
        self._slots = anyio.CapacityLimiter(AT_ONCE)

    @property
    def n_waiting(self) -> int:
        """How many requests wait for a turn."""
        return self._slots.statistics().tasks_waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raise ``StoreBusy`` if too many wait, or for too long."""
        if self.n_waiting >= MAX_WAITING:
            raise too_many_at_once()
        try:
            with anyio.fail_after(WAIT_S):
                await self._slots.acquire()
        except TimeoutError:
            raise too_many_at_once() from None
        try:
            yield
        finally:
            self._slots.release()


async def _hashing_turn(request: Request) -> AsyncIterator[None]:
    queue = cast(HashingQueue, request.app.state.hashing_queue)
    async with queue.turn():
        yield


# scope="function": the turn ends with the route, not after the response is sent
HashingTurn = Depends(_hashing_turn, scope="function")
"""For routes that check or set a password; list it in ``dependencies``, to come first."""
