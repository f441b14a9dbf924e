"""Scripted faults of the YouTube stand-in."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal[
    "open",
    "chunk",
    "query",
    "channels.list",
    "videos.list",
    "videos.update",
    "playlistItems.list",
    "playlistItems.insert",
    "playlists.list",
    "playlists.insert",
    "thumbnails.set",
]
Answer = Literal["honest", "status", "drop", "hang", "html", "cut", "empty", "range", "video"]


@dataclass(frozen=True)
class Fault:
    """A fault of the ``nth`` request of a kind, and of ``times - 1`` after it.

    Before answering, the stand-in stores the share ``store`` of the chunk (1.0: all of it, which
    may complete the video; None: as without a fault).

    answer : ``honest`` as without a fault; ``status`` with ``reason`` and ``retry_after``;
        ``drop`` the connection; ``hang`` until the client times out; ``html`` a proxy's page with
        ``status``; ``cut`` the right answer in the middle; ``empty`` a 200 without a body;
        ``range`` a 308 with ``reason`` as its range (empty: none); ``video`` a 200 that names the
        video ``reason``, or of the right answer nothing but its id
    forget : the upload is gone from then on
    cut_back_to : YouTube loses all bytes beyond this
    ends_early : the bytes received so far become the video
    """

    kind: Kind
    nth: int = 1
    answer: Answer = "honest"
    times: int = 1
    store: float | None = None
    status: int = 503
    reason: str = ""
    retry_after: str = ""
    forget: bool = False
    cut_back_to: int | None = None
    ends_early: bool = False

    def hits(self, kind: str, count: int) -> bool:
        return kind == self.kind and self.nth <= count < self.nth + self.times


@dataclass
class Script:
    """The scripted faults, and the number of requests of each kind."""

    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def next(self, kind: str) -> Fault | None:
        """Count a request; return its fault, if any."""
        self.counts[kind] += 1
        count = self.counts[kind]
        return next((fault for fault in self.faults if fault.hits(kind, count)), None)

    def to_json(self) -> str:
        return json.dumps([asdict(fault) for fault in self.faults])

    def replace(self, faults: list[dict[str, Any]]) -> None:
        """Replace the faults; count from now on."""
        self.faults = [Fault(**fault) for fault in faults]
        self.counts.clear()
