"""A model's weights are fetched by one at a time; whoever else wants them waits for that."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .model_files import hub_storage
from .separator import Progress
from .weights_room import our_disk_told

# Five looks a second: a cancel is heard as fast as anywhere, and they cost nothing.
_LOOK_EVERY_S = 0.2


@contextmanager
def fetching_alone(
    model: str, weights: Path, progress: Progress, say: Callable[[str], None]
) -> Iterator[None]:
    """Keep other threads and processes from fetching a model until the block ends.

    Whoever dies lets go of it, whatever killed them. While somebody else has it, ``progress`` is
    called with 0, and what it raises ends the waiting.

    Raises
    ------
    NotWritable
        If nothing can be written to the folder.
    """
    with _lock_file(model, weights) as lock:
        while not _is_ours(lock):
            say("somebody else is fetching it")
            progress(0.0)
            time.sleep(_LOOK_EVERY_S)
        yield


def _lock_file(model: str, weights: Path) -> IO[bytes]:
    """A file for all names of a model: the hub's client keeps what it fetched by repository."""
    storage = hub_storage(model, weights)
    with our_disk_told():
        weights.mkdir(parents=True, exist_ok=True, mode=0o700)
        return storage.with_name(f"{storage.name}.lock").open("ab")


def _is_ours(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
