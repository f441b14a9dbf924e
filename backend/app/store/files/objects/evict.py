"""Keep the local copies of objects below a size."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cache import ObjectCache

log = logging.getLogger(__name__)

FOLDERS = ("content", "derived", "images", "jobs")
# A file in use now may belong to a download, which nothing else marks; downloads take minutes.
_IN_USE_S = 600.0
# What tasks of other machines' jobs leave on this one; a job that is resumed here is pinned.
_SCRATCH_S = 86_400.0
# Space is freed in one go, not file by file.
_FREE_TO = 0.9


@dataclass(frozen=True, slots=True)
class _Copy:
    used_s: float
    size: int
    file: Path


@dataclass(frozen=True, slots=True)
class Eviction:
    """Deletes the local copies that were not used for longest, above ``limit`` bytes in all."""

    cache: ObjectCache
    limit: int

    def run(self) -> None:
        """Delete copies, except pinned ones, those in use, and files that only this disk has."""
        self._delete_scratch()
        copies = sorted(self._copies(), key=lambda one: one.used_s)
        total = sum(copy.size for copy in copies)
        if total <= self.limit:
            return
        pinned, before, deleted = self.cache.pins.pinned(), time.time() - _IN_USE_S, 0
        for copy in copies:
            if total <= _FREE_TO * self.limit or copy.used_s > before:
                break
            if not self._is_pinned(copy.file, pinned) and self._is_stored(copy):
                copy.file.unlink(missing_ok=True)
                total, deleted = total - copy.size, deleted + 1
        log.info("deleted %d local copies of stored files", deleted)

    def _delete_scratch(self) -> None:
        """Delete scratch files of jobs that were not used for a day; the store may lack them."""
        pinned, before = self.cache.pins.pinned(), time.time() - _SCRATCH_S
        for copy in self._copies("jobs/*/.scratch"):
            if copy.used_s < before and not self._is_pinned(copy.file, pinned):
                copy.file.unlink(missing_ok=True)

    def _copies(self, *folders: str) -> Iterator[_Copy]:
        for folder in folders or FOLDERS:
            for file in self.cache.root.glob(f"{folder}/**/*"):
                try:
                    found = file.stat()
                except FileNotFoundError:
                    continue
                if file.is_file():
                    yield _Copy(max(found.st_atime, found.st_mtime), found.st_size, file)

    def _is_pinned(self, file: Path, pinned: set[str]) -> bool:
        key = self.cache.key(file)
        job = "/".join(key.split("/")[:2])
        return key in pinned or job in pinned

    def _is_stored(self, copy: _Copy) -> bool:
        """Whether the object store has the file, too."""
        return self.cache.size_now(copy.file) == copy.size
