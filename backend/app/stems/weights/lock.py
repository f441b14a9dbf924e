"""Lock that lets only one process download a model's weights at a time."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..separator import Progress
from .limits import translate_disk_errors
from .model_files import hub_storage

# Five times a second, so that cancelling works quickly.
_LOOK_EVERY_S = 0.2


@contextmanager
def download_lock(
    model: str, weights: Path, progress: Progress, say: Callable[[str], None]
) -> Iterator[None]:
    """Hold the download lock of a model; if the process dies, it is released.

    While waiting, ``progress`` is called with 0; an exception from it ends the waiting. Raise
    ``NotWritable`` if nothing can be written to the folder.
    """
    # the repository's folder, the same for all names of a model
    storage = hub_storage(model, weights)
    with translate_disk_errors():
        weights.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = storage.with_name(f"{storage.name}.lock").open("ab")
    with lock:
        while not _is_ours(lock):
            say("waiting for another download of it")
            progress(0.0)
            time.sleep(_LOOK_EVERY_S)
        yield


def _is_ours(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
