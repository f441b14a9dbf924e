"""What there is to tell of publications, by the jobs that they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import col

from ..jobs.states import JobStatus
from .database import Database
from .job_tables import JOBS
from .publication_tables import PublicationRow

_TOLD = tuple(JOBS.c[name] for name in ("id", "after_job_id", "status", "title", "request"))


@dataclass(frozen=True, slots=True)
class PublicationRecord:
    """What there is to tell of a publication.

    ``status`` and ``request`` (JSON) are its job's, None where that is gone; there is no ``row``
    while nothing has begun.
    """

    job_id: str
    source_job_id: str
    title: str
    status: JobStatus | None
    request: str | None
    row: PublicationRow | None


class PublicationRecords:
    """Reads publications. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told_of(self, user_id: str, job_ids: Sequence[str]) -> list[PublicationRecord]:
        """The user's publications by these jobs, or of what they made: two queries, however many.

        First those whose jobs are gone, which are told of while there is a video, or may be one;
        then the others, oldest first.
        """
        if not job_ids:
            return []
        of_job, of_source = col(PublicationRow.job_id), col(PublicationRow.source_job_id)
        rows_wanted = select(PublicationRow).where(
            col(PublicationRow.user_id) == user_id,
            or_(of_job.in_(job_ids), of_source.in_(job_ids)),
        )
        jobs_wanted = select(*_TOLD).where(
            JOBS.c.user_id == user_id,
            JOBS.c.kind == "publish",
            or_(JOBS.c.id.in_(job_ids), JOBS.c.after_job_id.in_(job_ids)),
        )
        with self._database.read() as session:
            created = col(PublicationRow.created_at)
            found = session.execute(rows_wanted.order_by(created)).scalars()
            rows = {row.job_id: row for row in found}
            jobs = session.connection().execute(jobs_wanted.order_by(JOBS.c.created_s)).all()
        told = [
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
        return [*(_without_job(row) for row in rows.values() if _matters(row)), *told]


def _matters(row: PublicationRow) -> bool:
    return row.video_id is not None or row.all_sent


def _without_job(row: PublicationRow) -> PublicationRecord:
    return PublicationRecord(row.job_id, row.source_job_id, row.title, None, None, row)
