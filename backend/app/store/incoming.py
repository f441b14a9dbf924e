"""Where an upload's bytes go while they arrive: a private file under a name of ours."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from .blobs import make_private
from .room import expect_room

# No upload takes as long as this: what is older was left behind by a process that was killed.
ABANDONED_AFTER_S = 3600.0


class Incoming:
    """The folder of files that are still arriving or being looked at."""

    def __init__(self, storage_root: Path) -> None:
        self.folder = make_private(storage_root / "incoming")

    def delivery(self) -> Delivery:
        """Room for the files of one request; they are gone when its ``with`` block ends."""
        return Delivery(self.folder)

    def expect(self, n_bytes: int) -> None:
        """Raise :class:`StorageFull` unless the file and its normal form will fit."""
        expect_room(self.folder, 2 * n_bytes)

    def sweep(self) -> None:
        """Remove what a killed process left behind."""
        latest = time.time() - ABANDONED_AFTER_S
        for left in self.folder.iterdir():
            if left.stat(follow_symlinks=False).st_mtime < latest:
                _remove(left)


class Delivery:
    """The files of one request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[tuple[Path, BinaryIO]] = []

    def open(self) -> BinaryIO:
        """A new empty file, closed to other users, under a name that nobody can guess."""
        path = self._folder / f"{secrets.token_hex(16)}.part"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        file = os.fdopen(descriptor, "w+b")
        self._files.append((path, file))
        return file

    def path_of(self, file: BinaryIO) -> Path:
        """Where a file of this delivery lies."""
        return next(path for path, opened in self._files if opened is file)

    def __enter__(self) -> Delivery:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for path, file in self._files:
            file.close()
            path.unlink(missing_ok=True)


def _remove(left: Path) -> None:
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)
