"""What may be put into the folder that keeps weights: how much, and whether anything at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import BadWeights, NotWritable
from ..media.full_disk import storage_full

MOST_BYTES = 4_000_000_000
"""Twelve times the largest model that was released, `htdemucs_ft` of 336 MB."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def refuse_heavy(n_bytes: int) -> None:
    """Raise :class:`BadWeights` where a model is larger than any that this can be."""
    if n_bytes > MOST_BYTES:
        raise BadWeights(
            f"The model takes more than {MOST_BYTES / 1e9:.0f} GB; none is fetched that does.",
            hint="“draft” needs no model.",
        )


@contextmanager
def our_disk_told() -> Iterator[None]:
    """Put this round writing into the folder: what the disk refuses comes out in words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise storage_full() from error
        if error.errno in _CLOSED:
            raise NotWritable(
                "The server may not write to the folder in which it keeps models.",
                hint="Whoever runs it has to give it the right to write to `models` below "
                "STORAGE_ROOT. “draft” needs no model.",
            ) from error
        raise
