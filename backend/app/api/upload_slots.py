"""Limit each user's uploads, and the uploads in the gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import ParamSpec, TypeVar

import anyio

# Each upload in the gate holds a thread that waits, which costs some 50 kB.
UPLOADS_AT_ONCE = 200
# The app sends three files at a time.
PER_USER = 4

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class UploadSlots:
    """Slots of uploads, for one event loop. Enter ``receiving``, then ``checking``."""

    def __init__(self, total: int = UPLOADS_AT_ONCE) -> None:
        self._total = total
        self._received: Counter[str] = Counter()
        self._checked: Counter[str] = Counter()
        self._changed = anyio.Condition()

    @asynccontextmanager
    async def receiving(self, user_id: str) -> AsyncIterator[None]:
        """Hold one of the user's slots during the block, so that few bodies are on the disk.

        A body that comes slowly keeps no other user waiting.
        """

        def is_free() -> bool:
            return self._received[user_id] < PER_USER

        async with self._counted(self._received, user_id, is_free):
            yield

    @asynccontextmanager
    async def checking(self, user_id: str) -> AsyncIterator[None]:
        """Hold a slot of the gate during the block.

        A user's first upload takes any free slot. Further ones leave half of the slots to users
        who have none.
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
    """Slots for sound files and for pictures, so that neither waits for the other."""

    audio: UploadSlots = field(default_factory=UploadSlots)
    pictures: UploadSlots = field(default_factory=UploadSlots)


def in_own_thread(
    route: Callable[Arguments, Answer],
) -> Callable[Arguments, Coroutine[None, None, Answer]]:
    """Run a route outside of the 40 threads that all other routes share.

    It waits for the gate, which takes as long as its files; its slot is the limit.
    """

    @wraps(route)
    async def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        alone = anyio.CapacityLimiter(1)
        return await anyio.to_thread.run_sync(partial(route, *args, **kwargs), limiter=alone)

    return run
