"""Room on the disk, asked for before something large is begun."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..errors import StorageFull

MIN_FREE_BYTES = 1_000_000_000
"""Below this there is no telling what else fails: the database, the logs, a running job."""


def expect_room(folder: Path, n_bytes: int) -> None:
    """Raise :class:`StorageFull` unless so much fits on the disk of ``folder``, and leaves some."""
    if shutil.disk_usage(folder).free < MIN_FREE_BYTES + n_bytes:
        raise StorageFull("The server's disk is full.", hint="Delete jobs or uploads first.")
