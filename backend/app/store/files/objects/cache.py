"""Local copies of objects, in the storage folder."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ....errors import SegueError
from ....jobs.cache_uses import CACHE_USES
from ....jobs.workspace import sha256_of
from ..atomic_write import atomic_write
from ..disk_space import require_disk_space
from .pins import Pins
from .port import LinkTerms, ObjectInfo, Objects
from .storage_errors import storage_down

log = logging.getLogger(__name__)

# Locks of downloads: so many keys can be fetched at a time by all processes of a machine.
_LOCKS = 64
_FETCHES = 3
# Sizes that are remembered; some 20 MB of memory.
_MOST_SIZES = 100_000
# A file's use is recorded at most this often; the object's is renewed once a day.
_USED_EVERY_S = 60.0
_RENEW_EVERY_S = 24 * 3600.0


class ObjectCache:
    """Files below ``root``, each a copy of the object whose key is its path inside ``root``.

    Threads and processes of one machine can share a folder. All methods raise what the object store
    raises, and ``StorageFull`` if there is no space for a copy.
    """

    def __init__(self, root: Path, objects: Objects) -> None:
        self.root = root
        self.pins = Pins(root / "cache" / "pins")
        self._objects = objects
        self._sizes: dict[str, int] = {}

    def fetch(self, file: Path) -> Path:
        """Copy a file here unless it is; without an object, there is no file afterwards.

        For files whose bytes never change: a copy is not compared with its object. A copy that a
        job's process finds here counts as a hit at its first use only.
        """
        is_first = self.pins.add(self.key(file))
        if _mark_used(file):
            CACHE_USES.hit("objects", int(is_first))
        else:
            with self._alone(file):
                info = None if file.exists() else self._objects.info(self.key(file))
                if info is not None:
                    self._copy(info, file)
                    CACHE_USES.miss("objects")
        return file

    def refresh(self, file: Path) -> Path:
        """Copy a file here, or replace a copy whose object has other bytes."""
        self.pins.add(self.key(file))
        with self._alone(file):
            info = self._objects.info(self.key(file))
            if info is not None and not (_mark_used(file) and _is_same(file, info)):
                self._copy(info, file)
        return file

    def fetch_folder(self, folder: Path) -> None:
        """Copy the files of a folder here that are not; their bytes never change."""
        for info in self._objects.keys(f"{self.key(folder)}/"):
            self.fetch(self.root / info.key)

    def send(self, final: Path, file: Path | None = None, sha256: str | None = None) -> None:
        """Store ``file`` as the object of ``final``, unless it has these bytes already."""
        file, key = file or final, self.key(final)
        sha256 = sha256 or sha256_of(file)
        if not self.has(final, file.stat().st_size, sha256):
            self._objects.put(key, file, sha256)
            self._remember(key, file.stat().st_size)
        self.pins.add(key)

    def has(self, file: Path, size: int, sha256: str) -> bool:
        """Whether a file's object has these bytes."""
        info = self._objects.info(self.key(file))
        return info is not None and (info.size, info.sha256) == (size, sha256)

    def size(self, file: Path) -> int:
        """Size in bytes of a file whose bytes never change; 0 if there is none."""
        key = self.key(file)
        if key not in self._sizes and (size := self.size_now(file)) is not None:
            self._remember(key, size)
        return self._sizes.get(key, 0)

    def size_now(self, file: Path) -> int | None:
        """Size in bytes of a file's object; None without one."""
        info = self._objects.info(self.key(file))
        return None if info is None else info.size

    def keep(self, file: Path) -> None:
        """Mark a file as used, which delays the deletion of its object."""
        with suppress(FileNotFoundError):
            is_due = time.time() - file.stat().st_mtime > _RENEW_EVERY_S
            os.utime(file)
            if is_due:
                self._objects.renew(self.key(file))

    def remove(self, file: Path) -> None:
        """Delete a file's object; if the store does not answer, leave it to the sweep."""
        self._remove([self.key(file)])

    def remove_folder(self, folder: Path) -> None:
        """Delete the objects of a folder's files; if the store does not answer, leave them."""
        try:
            keys = [info.key for info in self._objects.keys(f"{self.key(folder)}/")]
        except SegueError as e:
            log.warning("objects stay for the next sweep: %s", e.code)
            return
        self._remove(keys)

    def listed(self, folder: str) -> Iterator[ObjectInfo]:
        """List the objects below ``folder``, a path inside ``root``."""
        return self._objects.keys(f"{folder}/")

    def link(self, file: Path, terms: LinkTerms) -> str | None:
        """Make a URL of a file's object, which must exist; None if the store has no URLs."""
        return self._objects.link(self.key(file), terms)

    def check(self) -> None:
        """Ask the store for a list without entries; raise what it raises."""
        next(self._objects.keys("health/"), None)

    def key(self, file: Path) -> str:
        """The key of a file's object."""
        return file.relative_to(self.root).as_posix()

    def _remember(self, key: str, size: int) -> None:
        if len(self._sizes) >= _MOST_SIZES:
            self._sizes.clear()
        self._sizes[key] = size

    def _remove(self, keys: list[str]) -> None:
        try:
            for key in keys:
                self._objects.delete(key)
                self._sizes.pop(key, None)
        except SegueError as e:
            log.warning("objects stay for the next sweep: %s", e.code)

    def _copy(self, info: ObjectInfo, file: Path) -> None:
        """Copy an object here, again if its bytes come damaged or change on the way."""
        for _ in range(_FETCHES):
            require_disk_space(self.root, info.size)
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(_Damaged, FileNotFoundError), atomic_write(file, durable=True) as part:
                self._objects.fetch(info.key, part)
                if not _is_same(part, info):
                    raise _Damaged
                return
            newer = self._objects.info(info.key)
            if newer is None:
                return
            info = newer
        raise storage_down("A file comes damaged from the storage.")

    @contextmanager
    def _alone(self, file: Path) -> Iterator[None]:
        """Let one process or thread of this machine at a time copy a file."""
        folder = self.root / "cache" / "locks"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = hashlib.sha256(self.key(file).encode()).digest()[0] % _LOCKS
        with (folder / f"{number}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class _Damaged(Exception):
    """Bytes that were fetched are not those of the object."""


def _is_same(file: Path, info: ObjectInfo) -> bool:
    """Whether a file has an object's size and, if that is known, its SHA-256."""
    if file.stat().st_size != info.size:
        return False
    return info.sha256 is None or sha256_of(file) == info.sha256


def _mark_used(file: Path) -> bool:
    """Record that a file is used; False if it does not exist."""
    try:
        if time.time() - file.stat().st_atime > _USED_EVERY_S:
            found = file.stat()
            os.utime(file, (time.time(), found.st_mtime))
    except FileNotFoundError:
        return False
    return True
