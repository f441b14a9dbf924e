"""Progress and cancellation of a download, and the error for an unreachable server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Self

from ...errors import WeightsUnreachable
from .limits import require_plausible_size


class Stopped(Exception):
    """The download was cancelled."""


@dataclass(slots=True)
class Transfer:
    """Progress of a download, shared by the downloading and the waiting thread.

    As a context manager it stores the exception of its block, which a thread would lose.
    """

    total: int = 0
    received: int = 0
    stopped: Event = field(default_factory=Event)
    error: BaseException | None = None

    def add(self, n_bytes: int) -> None:
        """Count received bytes; raise :class:`Stopped` if cancelled.

        The size limit is checked here, too, because servers can send more than they announce.
        """
        if self.stopped.is_set():
            raise Stopped
        self.received += n_bytes
        require_plausible_size(self.received)

    @property
    def share(self) -> float:
        """Share received so far, 0 to 1."""
        return min(1.0, self.received / self.total) if self.total else 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        self.error = error
        return True


# Downloads a model into a folder, or raises.
Fetch = Callable[[str, Path, Transfer], None]


def unreachable(message: str) -> WeightsUnreachable:
    """Create the error for weights that can't be downloaded."""
    return WeightsUnreachable(
        message,
        hint="Connect this machine to the internet, or copy the model's files into a folder and "
        "name it in DEMUCS_REPO. “draft” needs no weights.",
    )
