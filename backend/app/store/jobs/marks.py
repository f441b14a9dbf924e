"""Detect cheaply whether jobs have changed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Text, cast
from sqlalchemy.sql import and_, case, false, func, select, true, union_all

from ...jobs.states import TERMINAL, StepState
from ..clock import now_s
from ..database import Database
from .claims import is_pending
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
    columns = (JOBS.c.user_id, JOBS.c.id)
    # The expression keeps databases from an index by users, who may have thousands of ended jobs.
    of_users = (JOBS.c.user_id + "").in_(user_ids)
    pending = select(*columns, true()).where(is_pending(), of_users)
    just_ended = and_(JOBS.c.status.in_(TERMINAL), JOBS.c.finished_s > now_s() - _JUST_ENDED_S)
    ended = select(*columns, false()).where(just_ended, of_users)
    with database.read() as session:
        rows = session.connection().execute(union_all(pending, ended))
        found: dict[str, dict[str, bool]] = {}
        for user_id, job_id, waits in rows:
            found.setdefault(user_id, {})[job_id] = bool(waits)
        return found
