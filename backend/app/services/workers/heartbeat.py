"""Keep a worker's row up to date while its process lives."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from ...errors import SegueError
from ...jobs.background import Background
from ...store.jobs.workers import BEAT_S, WorkerFacts, WorkerStore

log = logging.getLogger(__name__)

# Models may be downloaded, and a GPU's memory changes; to look costs more than a beat.
_BEATS_PER_LOOK = 6
_STOP_S = 2.0


@dataclass(slots=True)
class Heartbeat:
    """A thread that writes a worker's row; ``describe`` finds the facts, and may take seconds."""

    name: str
    rows: WorkerStore
    describe: Callable[[], WorkerFacts]
    _threads: Background = field(default_factory=Background, init=False)
    _count: int = field(default=0, init=False)

    def start(self) -> None:
        """Start to write, without waiting."""
        self._threads.begin("worker-heartbeat", partial(self._threads.repeat, self._beat, BEAT_S))

    def stop(self) -> None:
        """Stop, and delete the row; if the database is away or damaged, it falls silent instead."""
        self._threads.join(_STOP_S)
        try:
            self.rows.leave(self.name)
        except (SegueError, SQLAlchemyError) as error:
            log.warning("cannot delete the worker's row: %s", type(error).__name__)

    def _beat(self) -> bool:
        is_due = self._count % _BEATS_PER_LOOK == 0
        try:
            # first the heartbeat: without one for 15 s, the worker's jobs go to others
            if not self.rows.beat(self.name) or is_due:
                self.rows.describe(self.describe())
            self._count += 1
        except (SegueError, SQLAlchemyError) as error:
            log.warning("cannot write a heartbeat: %s; trying again", type(error).__name__)
        return False
