"""How many jobs a user may have that have not ended."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection
from sqlalchemy.sql import and_, func, select

from ...jobs.states import PENDING, JobStatus
from ..clock import now_s
from .tables import FILES, JOBS

#: Limit of a user's unfinished jobs with those that are paused, such as for a spent quota.
MOST_WITH_PAUSED = 100


def has_room(connection: Connection, user_id: str, n_new: int, quota: int) -> bool:
    """Whether so many more jobs may wait."""
    is_paused = and_(JOBS.c.status == JobStatus.QUEUED, JOBS.c.not_before_s > now_s())
    count = select(func.count(), func.count().filter(is_paused)).where(is_pending_of(user_id))
    n_all, n_paused = connection.execute(count).one()
    return n_all - n_paused + n_new <= quota and n_all + n_new <= max(quota, MOST_WITH_PAUSED)


def is_pending_of(user_id: str) -> ColumnElement[bool]:
    """Condition: the row is of a job of the user that has not ended."""
    return and_(JOBS.c.user_id == user_id, JOBS.c.status.in_(PENDING))


def jobs_in_use(connection: Connection, user_id: str) -> tuple[int, int]:
    """Count a user's jobs that have not ended, and the bytes of the files of all jobs."""
    pending = select(func.count()).select_from(JOBS).where(is_pending_of(user_id))
    size = (
        select(func.coalesce(func.sum(FILES.c.size), 0))
        .join(JOBS, JOBS.c.id == FILES.c.job_id)
        .where(JOBS.c.user_id == user_id)
    )
    return connection.execute(pending).scalar_one(), int(connection.execute(size).scalar_one())
