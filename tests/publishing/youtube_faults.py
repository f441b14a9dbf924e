"""What goes wrong at the stand-in for YouTube, and when."""

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
    "playlistItems.list",
    "playlistItems.insert",
    "playlists.list",
    "playlists.insert",
    "thumbnails.set",
]
Answer = Literal["honest", "status", "drop", "hang", "html", "cut", "empty", "range"]


@dataclass(frozen=True)
class Fault:
    """What becomes of the ``nth`` request of a kind, and of ``times - 1`` after it.

    Before it answers, the stand-in takes in the share ``store`` of what came (1.0: all of it, so
    that there may be a video; None: as if nothing were wrong).

    answer : ``honest`` as if nothing were wrong; ``status`` with ``reason`` and ``retry_after``;
        ``drop`` the connection; ``hang`` for ``seconds``, then drop; ``html`` a page of somebody
        on the way, with ``status``; ``cut`` the right answer in the middle; ``empty`` a 200 with
        nothing in it; ``range`` a 308 that says ``reason`` for a range (empty: none)
    forget : from then on the upload is gone
    cut_back_to : YouTube loses what it had beyond so many bytes
    """

    kind: Kind
    nth: int = 1
    answer: Answer = "honest"
    times: int = 1
    store: float | None = None
    status: int = 503
    reason: str = ""
    retry_after: str = ""
    seconds: float = 0.0
    forget: bool = False
    cut_back_to: int | None = None

    def hits(self, kind: str, count: int) -> bool:
        return kind == self.kind and self.nth <= count < self.nth + self.times


@dataclass
class Script:
    """The faults to come, and how many requests of each kind there have been."""

    faults: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def next(self, kind: str) -> Fault | None:
        """Counts a request, and says what goes wrong with it."""
        self.counts[kind] += 1
        count = self.counts[kind]
        return next((fault for fault in self.faults if fault.hits(kind, count)), None)

    def to_json(self) -> str:
        return json.dumps([asdict(fault) for fault in self.faults])

    def replace(self, faults: list[dict[str, Any]]) -> None:
        """Other faults, counted from now on."""
        self.faults = [Fault(**fault) for fault in faults]
        self.counts.clear()
