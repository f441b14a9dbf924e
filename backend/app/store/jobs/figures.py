"""Read figures of the whole server from rows: queues, ends, steps, files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Float, and_, case, cast
from sqlalchemy.sql import func, select

from ...jobs.states import JobStatus
from ..clock import now_s
from ..database import Database
from .claims import is_ready
from .ended import CACHE_USES, ENDED, STEP_SECONDS
from .tables import FILES, JOBS


@dataclass(frozen=True, slots=True)
class LaneFigures:
    """Jobs that could run now but wait, since when the oldest does, and running jobs."""

    lane: str
    waiting: int
    oldest_s: float
    running: int


@dataclass(frozen=True, slots=True)
class StepFigures:
    """Seconds of a finished step: how many by upper bound, and their sum."""

    kind: str
    step: str
    counts: dict[float, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of the server since its first start.

    ``ended`` counts jobs by kind and status, ``caches`` hits and misses by cache.
    """

    lanes: tuple[LaneFigures, ...]
    ended: dict[tuple[str, str], int]
    steps: tuple[StepFigures, ...]
    artifact_bytes: int
    caches: dict[str, tuple[int, int]]


def read_figures(database: Database) -> Figures:
    """Read all figures in one consistent view; may raise what ``Database`` raises."""
    with database.read() as session:
        connection = session.connection()
        ended = connection.execute(select(ENDED)).all()
        uses = connection.execute(select(CACHE_USES)).all()
        size = connection.execute(select(func.coalesce(func.sum(FILES.c.size), 0))).scalar_one()
        return Figures(
            lanes=_lanes(connection),
            ended={(row.kind, row.status): row.n for row in ended},
            steps=_steps(connection),
            artifact_bytes=int(size),
            caches={row.cache: (row.hits, row.misses) for row in uses},
        )


def _lanes(connection: Connection) -> tuple[LaneFigures, ...]:
    waits = and_(JOBS.c.status == JobStatus.QUEUED, is_ready())
    runs = JOBS.c.status == JobStatus.RUNNING
    age_s = func.max(case((waits, now_s() - JOBS.c.queued_s), else_=0.0))
    by_lane = (
        select(JOBS.c.lane, _count(waits), age_s.label("oldest_s"), _count(runs))
        .where(JOBS.c.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
        .group_by(JOBS.c.lane)
        .order_by(JOBS.c.lane)
    )
    return tuple(
        LaneFigures(lane, int(waiting), max(0.0, float(oldest_s)), int(running))
        for lane, waiting, oldest_s, running in connection.execute(by_lane)
    )


def _count(which: ColumnElement[bool]) -> ColumnElement[float]:
    return cast(func.sum(case((which, 1), else_=0)), Float)


def _steps(connection: Connection) -> tuple[StepFigures, ...]:
    counts: dict[tuple[str, str], dict[float, int]] = {}
    seconds: dict[tuple[str, str], float] = {}
    for row in connection.execute(select(STEP_SECONDS).order_by(STEP_SECONDS.c.bound_s)):
        name = (row.kind, row.step)
        counts.setdefault(name, {})[row.bound_s] = row.n
        seconds[name] = seconds.get(name, 0.0) + row.seconds
    return tuple(StepFigures(*name, counts[name], seconds[name]) for name in sorted(counts))
