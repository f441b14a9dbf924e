"""Write files atomically: to a temporary name, then rename."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Suffix of an unfinished file, which a killed process leaves behind.
PART = ".part"


@contextmanager
def atomic_write(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Yield a temporary path; rename it to ``path`` on success, delete it on an exception.

    ``durable`` waits until the bytes are on the disk, which files that can be made again don't
    need.
    """
    part = path.with_name(f"{path.name}.{os.urandom(8).hex()}{PART}")
    try:
        yield part
        if durable:
            flush(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def flush(file: Path) -> None:
    """Wait until the bytes of ``file`` are on the disk (fsync)."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
