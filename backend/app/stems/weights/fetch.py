"""Download weights in a cancellable thread, from the hub or from Demucs' old server.

The hub's client retries for long and can't be interrupted on a dead connection. So it runs in a
separate thread, while the caller watches the progress.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread

from ...errors import BadWeights, UnknownModel
from ..separator import Progress
from .hub import fetch_from_hub
from .legacy import fetch_from_old_server
from .limits import translate_disk_errors
from .model_files import HUB, find_model
from .transfer import Fetch, Transfer, unreachable

# Reachable servers answer within this time, and working connections are never silent for longer.
PATIENCE_S = 20.0
_LOOK_EVERY_S = 0.1
_MB = 1e6


def fetch_model(
    model: str, weights: Path, progress: Progress, say: Callable[[str], None], *, token: bool
) -> None:
    """Download a model into an existing folder, and check that it is complete.

    Raise as :func:`.available.fetch_weights` documents.
    """
    try:
        _fetch_in_thread(partial(fetch_from_hub, token=token), model, weights, progress, say)
    except UnknownModel:
        if model.startswith(HUB):
            raise
        _fetch_in_thread(fetch_from_old_server, model, weights, progress, say)
    files = find_model(model, None, weights)
    if files is None:
        raise BadWeights(f"The download of “{model}” is incomplete.")
    files.sources()


def _fetch_in_thread(
    fetch: Fetch, model: str, weights: Path, progress: Progress, say: Callable[[str], None]
) -> None:
    """Run ``fetch`` in a thread and report its progress."""
    transfer = Transfer()

    def run() -> None:
        with transfer:
            fetch(model, weights, transfer)

    work = Thread(target=run, name="weights", daemon=True)
    work.start()
    try:
        _watch(work, transfer, progress, say)
    finally:
        transfer.stopped.set()
    if transfer.error is not None:
        with translate_disk_errors():
            raise transfer.error


def _watch(
    work: Thread, transfer: Transfer, progress: Progress, say: Callable[[str], None]
) -> None:
    received, since = 0, time.monotonic()
    while work.is_alive():
        work.join(_LOOK_EVERY_S)
        if transfer.received != received:
            received, since = transfer.received, time.monotonic()
            if transfer.total:
                say(f"{received / _MB:.0f} of {transfer.total / _MB:.0f} MB")
        elif time.monotonic() - since > PATIENCE_S:
            raise unreachable("The server with the weights does not answer.")
        progress(transfer.share)
