"""Check free disk space before large writes."""

from __future__ import annotations

import shutil
from pathlib import Path

from ...errors import StorageFull

# Reserve for the database, the logs and running jobs.
MIN_FREE_BYTES = 1_000_000_000


def require_disk_space(folder: Path, n_bytes: int) -> None:
    """Raise :class:`StorageFull` unless ``n_bytes`` fit and ``MIN_FREE_BYTES`` stay free."""
    if shutil.disk_usage(folder).free < MIN_FREE_BYTES + n_bytes:
        raise StorageFull("The server's disk is full.", hint="Delete jobs or uploads first.")
