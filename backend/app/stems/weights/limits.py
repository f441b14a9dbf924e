"""Size limit for weights, and errors of the folder into which they are written."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import BadWeights, NotWritable, storage_full

# Twelve times the largest released model, `htdemucs_ft` of 336 MB.
MAX_BYTES = 4_000_000_000
_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def require_plausible_size(n_bytes: int) -> None:
    """Raise :class:`BadWeights` if a model is implausibly large."""
    if n_bytes > MAX_BYTES:
        raise BadWeights(
            f"The model is larger than {MAX_BYTES / 1e9:.0f} GB, the limit for downloads.",
            hint="“draft” needs no model.",
        )


@contextmanager
def translate_disk_errors() -> Iterator[None]:
    """Translate disk-full and permission errors while writing to the folder."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise storage_full() from error
        if error.errno in _CLOSED:
            raise NotWritable(
                "The server may not write to its models folder.",
                hint="The operator must allow writing to `models` below STORAGE_ROOT; “draft” "
                "needs no model.",
            ) from error
        raise
