"""Raise an error for a full disk, even if soundfile gives no reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import soundfile

from ...errors import storage_full

# libsndfile's SF_ERR_SYSTEM: writing failed for an unnamed reason. The files are already open, so a
# full disk is the only reason left.
_SYSTEM_ERROR = 2


@contextmanager
def raise_storage_full() -> Iterator[None]:
    """Raise `StorageFull` instead of soundfile's error for a full disk."""
    try:
        yield
    except soundfile.LibsndfileError as e:
        if e.code != _SYSTEM_ERROR:
            raise
        raise storage_full() from e
