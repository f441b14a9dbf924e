"""Objects in a folder, such as one on a network file system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ....jobs.workspace import sha256_of
from ..atomic_write import PART, atomic_write
from .copy_file import copy_checked
from .port import LinkTerms, ObjectInfo

# Folder of the checksums, beside the objects' folders.
_CHECKSUMS = ".sha256"


class FolderObjects:
    """Objects below ``root``; each checksum is in a file of its own."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, file: Path, sha256: str) -> None:
        """Copy the file; its checksum is written first."""
        path, checksum = self._path(key), self._checksum(key)
        for folder in (path.parent, checksum.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with atomic_write(path, durable=True) as part:
            copy_checked(file, part, sha256)
            with atomic_write(checksum) as aside:
                aside.write_text(sha256, encoding="ascii")

    def fetch(self, key: str, to: Path) -> None:
        """Copy the object."""
        copy_checked(self._path(key), to, None)

    def info(self, key: str) -> ObjectInfo | None:
        """Read the object's size and checksum."""
        path = self._path(key)
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        sha256 = None
        with suppress(FileNotFoundError):
            sha256 = self._checksum(key).read_text(encoding="ascii")
        return ObjectInfo(key, found.st_size, sha256 or sha256_of(path), found.st_mtime)

    def renew(self, key: str) -> None:
        """Touch the file."""
        with suppress(FileNotFoundError):
            os.utime(self._path(key))

    def delete(self, key: str) -> None:
        """Delete the file and its checksum."""
        self._path(key).unlink(missing_ok=True)
        self._checksum(key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[ObjectInfo]:
        """Walk through the folder that ``prefix`` names."""
        folder, _, begin = prefix.rpartition("/")
        for path in sorted((self._root / folder).glob(f"{begin}*")):
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                key = file.relative_to(self._root).as_posix()
                if file.is_file() and file.suffix != PART and not key.startswith(_CHECKSUMS):
                    found = file.stat()
                    yield ObjectInfo(key, found.st_size, None, found.st_mtime)

    def link(self, key: str, terms: LinkTerms) -> str | None:
        """Return None: no browser can read the folder."""
        del key, terms
        return None

    def _path(self, key: str) -> Path:
        return self._root / key

    def _checksum(self, key: str) -> Path:
        return self._root / _CHECKSUMS / key
