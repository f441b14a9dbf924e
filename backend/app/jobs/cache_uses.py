"""Count how often this process's job found results in a cache, or had to make them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Literal

Cache = Literal["analyses", "objects", "segments", "stems"]
#: Caches that are counted: analyses, copies of objects, stretched segments, stems.
CACHES: tuple[Cache, ...] = ("analyses", "objects", "segments", "stems")


@dataclass(frozen=True, slots=True)
class CacheUse:
    """How many results of a cache were found in it (hits), and how many were made (misses)."""

    cache: Cache
    hits: int
    misses: int


class CacheUses:
    """Counts until :meth:`take`; all methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._hits: Counter[Cache] = Counter()
        self._misses: Counter[Cache] = Counter()

    def hit(self, cache: Cache, n: int = 1) -> None:
        """Count results that were found."""
        with self._lock:
            self._hits[cache] += n

    def miss(self, cache: Cache) -> None:
        """Count a result that was made."""
        with self._lock:
            self._misses[cache] += 1

    def take(self) -> list[CacheUse]:
        """Return the counts since the last call, by name, and begin again."""
        with self._lock:
            hits, misses = self._hits, self._misses
            self._hits, self._misses = Counter(), Counter()
        uses = [CacheUse(cache, hits[cache], misses[cache]) for cache in CACHES]
        return [use for use in uses if use.hits or use.misses]


CACHE_USES = CacheUses()
"""The counts of this process: a child process runs one attempt, and reports them."""
