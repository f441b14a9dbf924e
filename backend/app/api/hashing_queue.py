"""The queue of the requests that hash a password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import anyio
from fastapi import Depends, Request

from ..accounts.attempts import too_many_at_once

# Passwords are hashed one at a time; meanwhile a second request can read its database rows.
AT_ONCE = 2
# A hash takes about 100 ms, so the last one in the queue waits about WAIT_S.
MAX_WAITING = 200
WAIT_S = 20.0


class HashingQueue:
    """Limits how many requests with password hashing run at once.

    All routes share one pool of 40 threads. Hashing is slow on purpose: without this queue, 40
    simultaneous sign-ins would occupy the pool, and all other requests would wait for them. Waiting
    in this queue occupies no thread.
    """

    def __init__(self) -> None:
        self._slots = anyio.CapacityLimiter(AT_ONCE)

    @property
    def n_waiting(self) -> int:
        """How many requests wait for a turn."""
        return self._slots.statistics().tasks_waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a turn during the block; raise ``StoreBusy`` if none comes free.

        None is waited for if ``MAX_WAITING`` requests wait already, or for longer than ``WAIT_S``.
        """
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
"""The dependency of routes that hash a password; list it in ``dependencies``, to come first."""
