"""Limit the number of simultaneous uploads, per user and in total."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import ParamSpec, TypeVar

import anyio

# Each upload that is being checked occupies a waiting thread of some 50 kB.
UPLOADS_AT_ONCE = 200
# A page of the app uploads three files at a time.
PER_USER = 4

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class UploadSlots:
    """Limits uploads in one event loop: ``receiving`` while bytes arrive, then ``checking``."""

    def __init__(self, total: int = UPLOADS_AT_ONCE) -> None:
        self._total = total
        self._received: Counter[str] = Counter()
        self._checked: Counter[str] = Counter()
        self._changed = anyio.Condition()

    @asynccontextmanager
    async def receiving(self, user_id: str) -> AsyncIterator[None]:
        """Hold one of the user's slots while the upload's bytes arrive.

        This limits the unfinished uploads on the disk. A slow upload delays no other user.
        """

        def is_free() -> bool:
            return self._received[user_id] < PER_USER

        async with self._counted(self._received, user_id, is_free):
            yield

    @asynccontextmanager
    async def checking(self, user_id: str) -> AsyncIterator[None]:
        """Hold one of all users' slots while the uploaded file is checked.

        A user's first upload takes any free slot. The user's further ones leave half of the slots
        to users who have none.
        """

        def is_free() -> bool:
            total = self._total // 2 if self._checked[user_id] else self._total
            return self._checked.total() < total

        async with self._counted(self._checked, user_id, is_free):
            yield

    @asynccontextmanager
    async def _counted(
        self, held: Counter[str], user_id: str, is_free: Callable[[], bool]
    ) -> AsyncIterator[None]:
        async with self._changed:
            while not is_free():
                await self._changed.wait()
            held[user_id] += 1
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                async with self._changed:
                    held[user_id] -= 1
                    if not held[user_id]:
                        del held[user_id]
                    self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class AllUploadSlots:
    """Slots for sound files and for pictures: neither kind waits for the other."""

    audio: UploadSlots = field(default_factory=UploadSlots)
    pictures: UploadSlots = field(default_factory=UploadSlots)


def in_own_thread(
    route: Callable[Arguments, Answer],
) -> Callable[Arguments, Coroutine[None, None, Answer]]:
    """Run a route in a thread of its own, not in one of the 40 that the other routes share.

    The route waits as long as the check of its file takes. The upload slots limit the number of
    such threads.
    """

    @wraps(route)
    async def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        alone = anyio.CapacityLimiter(1)
        return await anyio.to_thread.run_sync(partial(route, *args, **kwargs), limiter=alone)

    return run
