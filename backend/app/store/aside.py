"""Files that appear whole or not at all, whoever else makes the same one at the same time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART = ".part"
"""What a file's name ends with until it is whole; a killed process leaves it so."""


@contextmanager
def made_aside(path: Path, *, lasting: bool = False) -> Iterator[Path]:
    """Where to write what is to be at ``path``: moved there when the block ends well, else removed.

    ``lasting`` waits until the bytes are on the disk: what is cheap to make again need not.
    """
    part = path.with_name(f"{path.name}.{os.urandom(8).hex()}{PART}")
    try:
        yield part
        if lasting:
            flush(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def flush(file: Path) -> None:
    """Wait until the bytes of ``file`` are on the disk; at once if they are there already."""
    with file.open("rb") as written:
        os.fsync(written.fileno())
