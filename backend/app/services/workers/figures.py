"""Figures of the running server for the admins' page."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ...contract.operations import EndedView, FiguresView, QueueView, StepTimesView
from ...store.database import Database
from ...store.jobs.ended import UNBOUNDED_S
from ...store.jobs.figures import StepFigures, read_figures


@dataclass(frozen=True, slots=True)
class ServerFigures:
    """Reads the figures that ``/metrics`` has, too."""

    database: Database
    storage_root: Path

    def view(self) -> FiguresView:
        """Read them now; may raise what ``Database`` raises."""
        figures = read_figures(self.database)
        return FiguresView(
            queues=[
                QueueView(
                    queue=one.lane,
                    waiting=one.waiting,
                    oldest_s=one.oldest_s,
                    running=one.running,
                )
                for one in figures.lanes
            ],
            ended=[
                EndedView(kind=kind, status=status, count=count)
                for (kind, status), count in sorted(figures.ended.items())
            ],
            steps=[_times(step) for step in figures.steps],
            artifact_bytes=figures.artifact_bytes,
            free_bytes=shutil.disk_usage(self.storage_root).free,
        )


def _times(step: StepFigures) -> StepTimesView:
    count = sum(step.counts.values())
    return StepTimesView(
        kind=step.kind,
        step=step.step,
        count=count,
        mean_s=step.seconds / count,
        p50_s=_bound_of(step, 0.5),
        p95_s=_bound_of(step, 0.95),
    )


def _bound_of(step: StepFigures, share: float) -> float | None:
    """Upper bound of the seconds of a share of the steps; None above the largest bound."""
    left = share * sum(step.counts.values())
    for bound_s, count in sorted(step.counts.items()):
        left -= count
        if left <= 0:
            return None if bound_s == UNBOUNDED_S else bound_s
    return None
