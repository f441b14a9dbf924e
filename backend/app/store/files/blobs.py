"""The content store: files under their content hash, and files derived from them."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePosixPath

from .atomic_write import PART, flush
from .objects.cache import ObjectCache

Leases = Callable[[str], AbstractContextManager[None]]
"""Locks by name that all machines share."""

_HASH = re.compile(r"[0-9a-f]{64}")
# Large derived files (stems, stretched segments), all of which can be made again.
_HEAVY = ("stem-*.flac", "stretch-*.flac")
_COVER_SUFFIXES = (".png", ".jpg")


class ContentStore:
    """Files below ``root``, each content stored once for all users.

    ``content_hash`` is the SHA-256 of a track's normal form. Files appear atomically. Threads and
    processes of one machine can share it. With ``objects``, an object store has all files, and the
    folder has copies of those that are used here: a method that returns a path copies the file
    first, if there is one. Machines then need ``leases`` in place of locks on files.
    """

    def __init__(
        self, root: Path, objects: ObjectCache | None = None, leases: Leases | None = None
    ) -> None:
        self._root = root
        self._objects = objects
        self._leases = leases

    def path(self, content_hash: str) -> Path:
        """Return the path of a track's normal form."""
        return self._here(self._content(content_hash))

    def cover_path(self, content_hash: str) -> Path:
        """Path of a track's embedded cover, PNG or JPEG by its suffix."""
        png, jpg = (self._cover(content_hash, suffix) for suffix in _COVER_SUFFIXES)
        if jpg.exists() and not png.exists():
            return self._here(jpg)
        return png if self._here(png).exists() else self._here(jpg)

    def derived(self, content_hash: str, name: str) -> Path:
        """Path of a file derived from a track; its folder is created.

        ``name`` contains the version of the code that writes it (``loudness-v1.npz``). Call
        :meth:`persist` after writing it.
        """
        return self._here(self._derived(content_hash) / name)

    def has_derived(self, content_hash: str, name: str) -> bool:
        """Whether a derived file is stored, here or for all machines; copies nothing."""
        return self._size(self._shard("derived", content_hash) / content_hash / name) > 0

    def persist(self, derived: Path) -> None:
        """Store a written derived file for all machines."""
        if self._objects:
            self._objects.send(derived)

    def recording(self, name: str) -> Path:
        """Path of a recording: a content hash, or ``hash/file`` for a derived file."""
        content_hash, _, made = name.partition("/")
        return self.derived(content_hash, made) if made else self.path(content_hash)

    @contextmanager
    def lock(self, content_hash: str, work: str) -> Iterator[None]:
        """Hold an exclusive lock for ``work`` on a track; if the process dies, it is released."""
        if self._leases:
            with self._leases(f"{content_hash} {work}"):
                yield
            return
        with (self._derived(content_hash) / f"{work}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def touch(self, file: Path) -> None:
        """Mark a derived file as recently used, which delays its deletion."""
        if self._objects:
            self._objects.keep(file)
            return
        with suppress(OSError):  # deleted meanwhile, or read-only
            os.utime(file)

    def unread_for(self, age_s: float) -> set[str]:
        """Return the tracks with large derived files unused for ``age_s``."""
        folders = self._sharded("derived")
        return {folder.name for folder in folders if _older(folder, _HEAVY, age_s)}

    def remove_unread(self, content_hash: str, age_s: float) -> None:
        """Delete a track's large derived files that were not used for ``age_s``."""
        for file in _older(self._derived(content_hash), _HEAVY, age_s):
            file.unlink(missing_ok=True)

    def remove_unfinished(self, age_s: float) -> None:
        """Delete unfinished files not written to for ``age_s``."""
        for folder in self._sharded("derived"):
            for file in _older(folder, (f"*{PART}",), age_s):
                file.unlink(missing_ok=True)

    def image_path(self, file_name: str) -> Path:
        """Return the path of an uploaded picture."""
        return self._here(self._image(file_name))

    def send_ahead(self, content_hash: str, file: Path) -> None:
        """Send ``file`` to the object store before :meth:`put`, which then takes no time."""
        if self._objects:
            self._objects.send(self._content(content_hash), file)

    def put(self, content_hash: str, file: Path) -> None:
        """Move ``file`` into the store as the normal form of ``content_hash``."""
        self._move(file, self._content(content_hash))

    def put_cover(self, content_hash: str, file: Path) -> None:
        """Move ``file`` into the store as the cover of ``content_hash``."""
        self._move(file, self._cover(content_hash, file.suffix))

    def put_image(self, file_name: str, file: Path) -> None:
        """Move a picture into the store."""
        self._move(file, self._image(file_name))

    def remove(self, content_hash: str) -> None:
        """Delete a track's file, its cover, and everything derived from it."""
        covers = [self._cover(content_hash, suffix) for suffix in _COVER_SUFFIXES]
        for file in (self._content(content_hash), *covers):
            self._unlink(file)
        folder = self._shard("derived", content_hash) / content_hash
        shutil.rmtree(folder, ignore_errors=True)
        if self._objects:
            self._objects.remove_folder(folder)

    def remove_unfinished_of(self, content_hash: str, work: str) -> None:
        """Delete a track's unfinished files whose names begin with ``work``.

        Call it only while holding :meth:`lock`.
        """
        for file in self._derived(content_hash).glob(f"{work}*{PART}"):
            file.unlink(missing_ok=True)

    def remove_image(self, file_name: str) -> None:
        """Delete a picture."""
        self._unlink(self._image(file_name))

    def size(self, contents: Iterable[str], images: Iterable[str]) -> int:
        """Add up the bytes of these contents and pictures; missing files count as 0."""
        files = [*map(self._content, contents), *map(self._image, images)]
        return sum(map(self._size, files))

    def contents_older_than(self, age_s: float) -> set[str]:
        """List hashes of contents and derived folders that are older than ``age_s``."""
        files = [file for kind in ("content", "derived") for file in self._sharded(kind)]
        young = {file.stem for file in files if not _is_older(file, age_s)}
        return {file.stem for file in files if _HASH.fullmatch(file.stem)} - young

    def images_older_than(self, age_s: float) -> set[str]:
        """Return the names of pictures older than ``age_s``."""
        files = (self._root / "images").glob("*")
        return {file.name for file in files if _is_older(file, age_s)}

    def _here(self, file: Path) -> Path:
        return self._objects.fetch(file) if self._objects else file

    def _move(self, file: Path, final: Path) -> None:
        """Move ``file`` to ``final`` atomically; return when it is stored."""
        make_private(final.parent)
        flush(file)
        if self._objects:
            self._objects.send(final, file)
        file.replace(final)

    def _unlink(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        if self._objects:
            self._objects.remove(file)

    def _size(self, file: Path) -> int:
        if file.is_file():
            return file.stat().st_size
        return self._objects.size(file) if self._objects else 0

    def _content(self, content_hash: str) -> Path:
        return self._shard("content", content_hash) / f"{content_hash}.flac"

    def _derived(self, content_hash: str) -> Path:
        folder = self._shard("derived", content_hash) / content_hash
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def _image(self, file_name: str) -> Path:
        return self._root / "images" / file_name

    def _cover(self, content_hash: str, suffix: str) -> Path:
        return self._shard("content", content_hash) / f"{content_hash}{suffix}"

    def _sharded(self, kind: str) -> list[Path]:
        return list((self._root / kind).glob("??/*"))

    def _shard(self, kind: str, content_hash: str) -> Path:
        if not _HASH.fullmatch(content_hash):
            raise ValueError("content is named by its SHA-256 in lower-case hexadecimal")
        return self._root / kind / content_hash[:2]


def is_heavy(name: str) -> bool:
    """Whether a derived file of this name is large."""
    return any(PurePosixPath(name).match(pattern) for pattern in _HEAVY)


def _older(folder: Path, patterns: Iterable[str], age_s: float) -> list[Path]:
    files = (file for pattern in patterns for file in folder.glob(pattern))
    return [file for file in files if _is_older(file, age_s)]


def _is_older(file: Path, age_s: float) -> bool:
    """Whether a file is older than ``age_s``; False if it was deleted meanwhile."""
    try:
        return time.time() - file.stat().st_mtime > age_s
    except FileNotFoundError:
        return False


def make_private(folder: Path) -> Path:
    """Create ``folder`` and its parents, closed to other users of the machine."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder
