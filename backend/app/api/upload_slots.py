"""Limit the uploads in the gate, so that no user keeps the others out."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

# Each upload in the gate holds one of the pool's 40 threads; other requests need some too.
SOUNDS_AT_ONCE = 16
PICTURES_AT_ONCE = 8
# The app sends three files at a time.
_PER_USER = 4


class UploadSlots:
    """Slots of uploads, for one event loop.

    A user's first upload takes any free slot. Further ones, up to four, leave half of the slots to
    users who have none.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._held: Counter[str] = Counter()
        self._changed = anyio.Condition()

    @asynccontextmanager
    async def hold(self, user_id: str) -> AsyncIterator[None]:
        """Hold a slot during the block; wait until there is one."""
        async with self._changed:
            while not self._is_free_for(user_id):
                await self._changed.wait()
            self._held[user_id] += 1
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                async with self._changed:
                    self._held[user_id] -= 1
                    self._changed.notify_all()

    def _is_free_for(self, user_id: str) -> bool:
        taken = self._held.total()
        if not self._held[user_id]:
            return taken < self._total
        return self._held[user_id] < _PER_USER and taken < self._total // 2


@dataclass(frozen=True, slots=True)
class AllUploadSlots:
    """Slots for sound files and for pictures, so that neither waits for the other."""

    audio: UploadSlots = field(default_factory=lambda: UploadSlots(SOUNDS_AT_ONCE))
    pictures: UploadSlots = field(default_factory=lambda: UploadSlots(PICTURES_AT_ONCE))
