"""Report a full disk, also where soundfile names no reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import soundfile

from ...errors import storage_full

# libsndfile's SF_ERR_SYSTEM: writing failed for an unnamed reason. Our files are open already, so
# the remaining reason is a full disk.
_SYSTEM_ERROR = 2


@contextmanager
def raise_storage_full() -> Iterator[None]:
    """Turn soundfile's error for a full disk into `StorageFull`."""
    try:
        yield
    except soundfile.LibsndfileError as e:
        if e.code != _SYSTEM_ERROR:
            raise
        raise storage_full() from e
