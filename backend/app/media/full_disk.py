"""A full disk, as the libraries and programs that write our files tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import soundfile

from ..errors import StorageFull

# libsndfile's SF_ERR_SYSTEM: the system refused to write, and does not say why. The files are ours
# and open already, which leaves the room on the disk.
_SYSTEM_ERROR = 2
_NO_SPACE = b"No space left on device"  # strerror(ENOSPC), which ffmpeg prints


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Put this round writing a file with soundfile: a full disk comes out as `StorageFull`."""
    try:
        yield
    except soundfile.LibsndfileError as e:
        if e.code != _SYSTEM_ERROR:
            raise
        raise storage_full() from e


def says_full(said: bytes) -> bool:
    """Whether a program's last words are about a full disk."""
    return _NO_SPACE in said


def storage_full() -> StorageFull:
    """What to tell a person."""
    return StorageFull("The server's disk is full.", hint="Free some space, then try again.")
