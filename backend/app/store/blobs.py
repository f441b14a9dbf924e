"""Where the bytes live: files under the hash of their content, and what was derived from them."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import string
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .aside import PART, flush

_HEX = frozenset(string.hexdigits.lower())

_HASH = re.compile(r"[0-9a-f]{64}")

# What is large and made of a track: its stems, its stretched pieces. All of it can be made again.
_HEAVY = ("stem-*.flac", "stretch-*.flac")

_COVER_SUFFIXES = (".png", ".jpg")


class ContentStore:
    """Files below ``root``; the same content is kept once, whoever brought it.

    ``content`` is the SHA-256 that the gate gave a track's normal form. A file appears under its
    name whole or not at all. Safe to share between threads and processes of one machine.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, content: str) -> Path:
        """Where a track's normal form lies."""
        return self._shard("content", content) / f"{content}.flac"

    def cover_path(self, content: str) -> Path:
        """Where the cover that came inside a track lies: a PNG or a JPEG, by its suffix."""
        png, jpg = (self._cover(content, suffix) for suffix in _COVER_SUFFIXES)
        return png if png.exists() else jpg

    def derived(self, content: str, name: str) -> Path:
        """Where ``name``, made from a track, lies or may be put; its folder exists.

        ``name`` carries the version of the code that makes it (``loudness-v1.npz``).
        """
        folder = self._shard("derived", content) / content
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / name

    def recording(self, name: str) -> Path:
        """Where a recording lies: the normal form of a content, or ``content/file`` made of it."""
        content, _, made = name.partition("/")
        return self.derived(content, made) if made else self.path(content)

    @contextmanager
    def alone(self, content: str, work: str) -> Iterator[None]:
        """Keep other threads and processes from the same ``work`` on a track until the block ends.

        Whoever dies lets go of it, whatever killed them.
        """
        with self.derived(content, f"{work}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def renew(self, file: Path) -> None:
        """Note that something derived was wanted just now, which keeps it from being swept."""
        with suppress(OSError):  # gone, or kept where nothing may be changed: it is only a note
            os.utime(file)

    def unread_for(self, age_s: float) -> set[str]:
        """The tracks of which something large was made, and not wanted for ``age_s``."""
        folders = self._sharded("derived")
        return {folder.name for folder in folders if _older(folder, _HEAVY, age_s)}

    def remove_unread(self, content: str, age_s: float) -> None:
        """Drop what is large, was made of a track, and was not wanted for ``age_s``."""
        for file in _older(self.derived(content, ""), _HEAVY, age_s):
            file.unlink(missing_ok=True)

    def remove_half_made(self, age_s: float) -> None:
        """Drop what nobody has gone on writing for ``age_s``."""
        for folder in self._sharded("derived"):
            for file in _older(folder, (f"*{PART}",), age_s):
                file.unlink(missing_ok=True)

    def image_path(self, file_name: str) -> Path:
        """Where an uploaded picture lies."""
        return self._root / "images" / file_name

    def put(self, content: str, file: Path) -> None:
        """Move ``file`` in place as the normal form of ``content``."""
        _move(file, self.path(content))

    def put_cover(self, content: str, file: Path) -> None:
        """Move ``file`` in place as the cover of ``content``."""
        _move(file, self._cover(content, file.suffix))

    def put_image(self, file_name: str, file: Path) -> None:
        """Move an admitted picture in place."""
        _move(file, self.image_path(file_name))

    def remove(self, content: str) -> None:
        """Drop a track's sound, its cover, and everything derived from it."""
        self.path(content).unlink(missing_ok=True)
        for suffix in _COVER_SUFFIXES:
            self._cover(content, suffix).unlink(missing_ok=True)
        shutil.rmtree(self._shard("derived", content) / content, ignore_errors=True)

    def remove_half_made_of(self, content: str, work: str) -> None:
        """Drop what was left half made of a track under names that begin with ``work``.

        For whoever is :meth:`alone` with it: nobody else can be writing it.
        """
        for file in self.derived(content, "").glob(f"{work}*{PART}"):
            file.unlink(missing_ok=True)

    def remove_image(self, file_name: str) -> None:
        """Drop a picture."""
        self.image_path(file_name).unlink(missing_ok=True)

    def size(self, contents: Iterable[str], images: Iterable[str]) -> int:
        """The bytes that these sounds and pictures take; one that is not there takes none."""
        files = [*map(self.path, contents), *map(self.image_path, images)]
        return sum(file.stat().st_size for file in files if file.is_file())

    def contents_older_than(self, age_s: float) -> set[str]:
        """The sounds and covers that were put longer ago than ``age_s``, and what was derived of a
        sound that is not there."""
        files = [file for kind in ("content", "derived") for file in self._sharded(kind)]
        young = {file.stem for file in files if not _is_older(file, age_s)}
        return {file.stem for file in files if _HASH.fullmatch(file.stem)} - young

    def images_older_than(self, age_s: float) -> set[str]:
        """The names of the pictures that were put longer ago than ``age_s``."""
        files = (self._root / "images").glob("*")
        return {file.name for file in files if _is_older(file, age_s)}

    def _cover(self, content: str, suffix: str) -> Path:
        return self._shard("content", content) / f"{content}{suffix}"

    def _sharded(self, kind: str) -> list[Path]:
        return list((self._root / kind).glob("??/*"))

    def _shard(self, kind: str, content: str) -> Path:
        if len(content) != 64 or not _HEX.issuperset(content):
            raise ValueError("content is named by its SHA-256 in lower-case hexadecimal")
        return self._root / kind / content[:2]


def _older(folder: Path, patterns: Iterable[str], age_s: float) -> list[Path]:
    files = (file for pattern in patterns for file in folder.glob(pattern))
    return [file for file in files if _is_older(file, age_s)]


def _is_older(file: Path, age_s: float) -> bool:
    """Also of a file that goes meanwhile: no."""
    try:
        return time.time() - file.stat().st_mtime > age_s
    except FileNotFoundError:
        return False


def _move(file: Path, final: Path) -> None:
    """Put ``file`` at ``final`` so that a crash leaves the whole file there, or nothing."""
    make_private(final.parent)
    flush(file)
    file.replace(final)


def make_private(folder: Path) -> Path:
    """Make ``folder`` and its parents, closed to other users of the machine."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder
