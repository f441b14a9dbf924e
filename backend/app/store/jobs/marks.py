"""Detect cheaply whether jobs have changed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Text, cast
from sqlalchemy.sql import and_, case, func, or_, select

from ...jobs.states import PENDING, StepState
from ..clock import now_s
from ..database import Database
from .tables import JOBS, STEPS

# Several looks of a listener: an end that came between two of them is found by the next.
_JUST_ENDED_S = 10.0

Mark = tuple[object, ...]
"""Differs from an earlier mark if the job's row or its steps have changed since."""


def marks_of(database: Database, job_ids: Collection[str]) -> dict[str, Mark]:
    """Return a mark for each of these jobs that exists, in one query."""
    done = func.sum(case((STEPS.c.state == StepState.SUCCEEDED, 1), else_=0))
    steps = (
        select(STEPS.c.job_id, func.sum(STEPS.c.progress), func.max(STEPS.c.started_s), done)
        .where(STEPS.c.job_id.in_(job_ids))
        .group_by(STEPS.c.job_id)
    ).subquery()
    row = ("title", "status", "attempt", "cancel_requested", "detail", "not_before_s", "finished_s")
    marks = select(
        JOBS.c.id,
        *(JOBS.c[name] for name in row),
        cast(JOBS.c.notes, Text),
        *steps.c[1:],
    ).outerjoin_from(JOBS, steps, steps.c.job_id == JOBS.c.id)
    with database.read() as session:
        rows = session.connection().execute(marks.where(JOBS.c.id.in_(job_ids)))
        return {row[0]: tuple(row[1:]) for row in rows}


def active_of(database: Database, user_ids: Collection[str]) -> dict[str, dict[str, bool]]:
    """Whether each job of these users is pending; of ended jobs, only those of a moment ago."""
    is_pending = JOBS.c.status.in_(PENDING)
    just_ended = JOBS.c.finished_s > now_s() - _JUST_ENDED_S
    shown = and_(JOBS.c.user_id.in_(user_ids), or_(is_pending, just_ended))
    with database.read() as session:
        rows = session.connection().execute(
            select(JOBS.c.user_id, JOBS.c.id, is_pending).where(shown)
        )
        found: dict[str, dict[str, bool]] = {}
        for user_id, job_id, pending in rows:
            found.setdefault(user_id, {})[job_id] = bool(pending)
        return found
