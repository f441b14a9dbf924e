"""Weights come over the network: from the hub, by its own client, or from Demucs' old server.

The client tries again and again before it gives up, and hears nothing of anybody's wish to cancel
while a line is dead. So it works in a thread of its own, and whoever waits looks at what has come.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from ..errors import BadWeights, UnknownModel, WeightsUnreachable
from .model_files import HUB, find_model
from .separator import Progress
from .weights_room import our_disk_told, refuse_heavy

# Any server that can be reached answers within this, and no line that works is silent for longer.
PATIENCE_S = 20.0
_LOOK_EVERY_S = 0.1
_MB = 1e6


class Stopped(Exception):
    """Nobody waits for the bytes any more."""


@dataclass(slots=True)
class Arrival:
    """What has come so far, seen by the thread that fetches and the one that waits.

    As a context it keeps whatever comes out of the block: nobody looks at what a thread raises.
    """

    total: int = 0
    came: int = 0
    stopped: Event = field(default_factory=Event)
    error: BaseException | None = None

    def add(self, n_bytes: int) -> None:
        """So many more bytes are here; raises :class:`Stopped` if nobody wants them.

        Servers can send more than they said: what is too much for a model is refused here, too.
        """
        if self.stopped.is_set():
            raise Stopped
        self.came += n_bytes
        refuse_heavy(self.came)

    @property
    def share(self) -> float:
        """How much of all of it is here, 0 to 1."""
        return min(1.0, self.came / self.total) if self.total else 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> bool:
        self.error = error
        return True


Fetch = Callable[[str, Path, Arrival], None]
"""Fetches a model into a folder; raises where it cannot."""


def unreachable(message: str) -> WeightsUnreachable:
    """What to tell a person who cannot have the weights."""
    return WeightsUnreachable(
        message,
        hint="Connect this machine to the internet, or copy the model's files into a folder and "
        "name it in DEMUCS_REPO. “draft” needs no weights.",
    )


def fetch_model(
    model: str, weights: Path, progress: Progress, say: Callable[[str], None], *, token: bool
) -> None:
    """Fetch a model into a folder that is there, and see that it is one.

    Raises
    ------
    UnknownModel, WeightsUnreachable, BadWeights, StorageFull, NotWritable
        As :func:`weights.fetch_weights` says.
    """
    from .weights_hub import fetch_from_hub
    from .weights_old import fetch_from_old_server

    try:
        _waited_for(partial(fetch_from_hub, token=token), model, weights, progress, say)
    except UnknownModel:
        if model.startswith(HUB):
            raise
        _waited_for(fetch_from_old_server, model, weights, progress, say)
    files = find_model(model, None, weights)
    if files is None:
        raise BadWeights(f"What was fetched of “{model}” is not all of it.")
    files.sources()


def _waited_for(
    fetch: Fetch, model: str, weights: Path, progress: Progress, say: Callable[[str], None]
) -> None:
    """Have something fetched in a thread, and tell of it in this one."""
    arrival = Arrival()
    work = Thread(target=_kept, args=(fetch, model, weights, arrival), name="weights", daemon=True)
    work.start()
    try:
        _watched(work, arrival, progress, say)
    finally:
        arrival.stopped.set()
    if arrival.error is not None:
        with our_disk_told():
            raise arrival.error


def _kept(fetch: Fetch, model: str, weights: Path, arrival: Arrival) -> None:
    with arrival:
        fetch(model, weights, arrival)


def _watched(
    work: Thread, arrival: Arrival, progress: Progress, say: Callable[[str], None]
) -> None:
    came, since = 0, time.monotonic()
    while work.is_alive():
        work.join(_LOOK_EVERY_S)
        if arrival.came != came:
            came, since = arrival.came, time.monotonic()
            if arrival.total:
                say(f"{came / _MB:.0f} of {arrival.total / _MB:.0f} MB")
        elif time.monotonic() - since > PATIENCE_S:
            raise unreachable("The server that has the weights does not answer.")
        progress(arrival.share)
