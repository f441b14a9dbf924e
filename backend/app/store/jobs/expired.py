"""Delete jobs that ended long ago."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.sql import and_, delete, exists, not_, or_, select

from ...jobs.states import PENDING, TERMINAL, JobStatus
from ..clock import now_s
from ..database import Database
from .tables import JOBS


def delete_ended_before(
    database: Database,
    age_s: float,
    kinds: Sequence[str] = (),
    but: Sequence[str] = (),
    *,
    limit: int = 100,
) -> list[str]:
    """Delete jobs that ended over ``age_s`` seconds ago, unless needed; return their ids.

    Only jobs of these ``kinds`` (none: of all), ``but`` for those kinds.
    """
    ended = and_(JOBS.c.status.in_(TERMINAL), JOBS.c.finished_s < now_s() - age_s)
    ended = and_(ended, JOBS.c.kind.not_in(but))
    if kinds:
        ended = and_(ended, JOBS.c.kind.in_(kinds))
    ids = select(JOBS.c.id).where(ended, not_needed()).limit(limit)
    deletion = delete(JOBS).where(JOBS.c.id.in_(ids)).returning(JOBS.c.id)
    with database.write() as session:
        return list(session.connection().execute(deletion).scalars())


def not_needed() -> ColumnElement[bool]:
    """Condition: no pending job depends on the row; failed and cancelled jobs pass."""
    other = JOBS.alias("other")
    needs = exists().where(other.c.after_job_id == JOBS.c.id, other.c.status.in_(PENDING))
    return or_(JOBS.c.status.in_((JobStatus.FAILED, JobStatus.CANCELLED)), not_(needs))
