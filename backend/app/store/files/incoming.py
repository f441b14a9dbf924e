"""Private temporary files for uploads while they arrive."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from .blobs import make_private
from .disk_space import require_disk_space

# Longer than any upload takes: older files were left behind by a killed process.
ABANDONED_AFTER_S = 3600.0


class Incoming:
    """The folder of files that are arriving or being checked."""

    def __init__(self, storage_root: Path) -> None:
        self.folder = make_private(storage_root / "incoming")

    def delivery(self) -> Delivery:
        """Open a context for one request's files, which are deleted at its end."""
        return Delivery(self.folder)

    def require_space(self, n_bytes: int) -> None:
        """Raise :class:`StorageFull` unless the file and its normal form will fit."""
        require_disk_space(self.folder, 2 * n_bytes)

    def sweep(self) -> None:
        """Delete files left behind by killed processes."""
        latest = time.time() - ABANDONED_AFTER_S
        for left in self.folder.iterdir():
            if left.stat(follow_symlinks=False).st_mtime >= latest:
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


class Delivery:
    """The incoming files of one request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[tuple[Path, BinaryIO]] = []

    def open(self) -> BinaryIO:
        """Create an empty private file under a random name."""
        path = self._folder / f"{secrets.token_hex(16)}.part"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        file = os.fdopen(descriptor, "w+b")
        self._files.append((path, file))
        return file

    def path_of(self, file: BinaryIO) -> Path:
        """Return the path of an opened file."""
        return next(path for path, opened in self._files if opened is file)

    def __enter__(self) -> Delivery:
        return self

    def __exit__(self, *_: object) -> None:
        for path, file in self._files:
            file.close()
            path.unlink(missing_ok=True)
