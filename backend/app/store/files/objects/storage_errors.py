"""Errors of object stores."""

from __future__ import annotations

import time

from ....errors import StorageDown, StorageRefused

# A job that meets one of these errors tries again after this long: it shall go on well within a
# minute after the store is back.
_PAUSE_S = 20.0


def storage_down(message: str = "The storage of files can't be reached.") -> StorageDown:
    """Build the error for a store that does not answer; a job waits 20 seconds."""
    return StorageDown(
        message, until_s=time.time() + _PAUSE_S, hint="Try again in a minute; nothing is lost."
    )


def storage_refused(reason: str) -> StorageRefused:
    """Build the error for a store that rejects the settings."""
    return StorageRefused(
        f"The storage of files refuses this server ({reason}).",
        hint="The operator must check BLOB_URL and the AWS settings; then try again.",
    )
