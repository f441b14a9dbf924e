"""Read publications for display, by mix job or publish job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, union
from sqlmodel import col

from ...jobs.states import JobStatus
from ..database import Database
from ..jobs.tables import JOBS
from .tables import PublicationRow

_SHOWN = tuple(JOBS.c[name] for name in ("id", "after_job_id", "status", "title", "request"))


@dataclass(frozen=True, slots=True)
class PublicationRecord:
    """A publication with its job's ``status`` and ``request`` (JSON).

    Both are None if the job was deleted; ``row`` is None before the upload starts.
    """

    job_id: str
    source_job_id: str
    title: str
    status: JobStatus | None
    request: str | None
    row: PublicationRow | None


@dataclass(frozen=True, slots=True)
class PublicationRecords:
    """Read access to publications. Thread-safe."""

    database: Database

    def of_jobs(self, user_id: str, job_ids: Sequence[str]) -> list[PublicationRecord]:
        """List the user's publications by these jobs or of their mixes, in two queries.

        First come those whose jobs were deleted, if a video exists or may exist; then the others,
        oldest first.
        """
        if not job_ids:
            return []
        of_job, of_source = col(PublicationRow.job_id), col(PublicationRow.source_job_id)
        rows_wanted = select(PublicationRow).where(
            col(PublicationRow.user_id) == user_id,
            or_(of_job.in_(job_ids), of_source.in_(job_ids)),
        )
        # By two indexes: a condition with OR would read all of the user's jobs.
        either = (JOBS.c.id, JOBS.c.after_job_id)
        ids = union(*(select(JOBS.c.id).where(one.in_(job_ids)) for one in either)).subquery()
        jobs_wanted = (
            select(*_SHOWN)
            .join_from(ids, JOBS, JOBS.c.id == ids.c.id)
            .where(JOBS.c.user_id == user_id, JOBS.c.kind == "publish")
        )
        with self.database.read() as session:
            created = col(PublicationRow.created_at)
            found = session.execute(rows_wanted.order_by(created)).scalars()
            rows = {row.job_id: row for row in found}
            jobs = session.connection().execute(jobs_wanted.order_by(JOBS.c.created_s)).all()
        with_job = [
            PublicationRecord(
                job.id,
                job.after_job_id or "",
                job.title,
                JobStatus(job.status),
                job.request,
                rows.pop(job.id, None),
            )
            for job in jobs
        ]
        return [*_without_job(rows.values()), *with_job]


def _without_job(rows: Iterable[PublicationRow]) -> list[PublicationRecord]:
    """Publications whose job was deleted, if a video exists or may exist."""
    return [
        PublicationRecord(row.job_id, row.source_job_id, row.title, None, None, row)
        for row in rows
        if row.video_id is not None or row.all_sent
    ]
