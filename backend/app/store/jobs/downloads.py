"""Record downloads of artifacts, and delete jobs whose sound and film were downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.sql import and_, case, delete, exists, not_, or_, select, update

from ...jobs.states import JobStatus
from ..clock import now_s
from ..database import Database
from .expired import not_needed
from .tables import FILES, JOBS


@dataclass(frozen=True, slots=True)
class Downloads:
    """Downloads of finished jobs' artifacts, in the rows of their files.

    Thread-safe; each method is one transaction and may raise what ``Database`` raises.
    """

    database: Database

    def record(
        self, job_id: str, names: Sequence[str], *, is_whole: bool, lasts_s: float = 0.0
    ) -> None:
        """Record that artifacts are read until ``lasts_s`` from now; only if the job succeeded.

        ``is_whole`` says whether that includes the last byte, which makes it a download.
        """
        until = now_s() + lasts_s
        succeeded = exists().where(JOBS.c.id == job_id, JOBS.c.status == JobStatus.SUCCEEDED)
        change = (
            update(FILES)
            .where(FILES.c.job_id == job_id, FILES.c.name.in_(names), succeeded)
            .values(
                read_until_s=case((FILES.c.read_until_s > until, FILES.c.read_until_s), else_=until)
            )
        )
        if is_whole:
            change = change.values(downloaded_s=now_s())
        self.database.change(change)

    def delete_downloaded(self, age_s: float, *, limit: int = 100) -> list[str]:
        """Delete jobs that are downloaded, and not read for ``age_s``; return their ids.

        A job is downloaded when all of its sound and film files are; other jobs may not need it.
        """
        done = and_(
            JOBS.c.status == JobStatus.SUCCEEDED,
            _has_file(_IS_SOUND_OR_FILM),
            not_(_has_file(_IS_SOUND_OR_FILM, FILES.c.downloaded_s.is_(None))),
            not_(_has_file(FILES.c.read_until_s >= now_s() - age_s)),
        )
        ids = select(JOBS.c.id).where(done, not_needed()).limit(limit)
        deletion = delete(JOBS).where(JOBS.c.id.in_(ids)).returning(JOBS.c.id)
        with self.database.write() as session:
            return list(session.connection().execute(deletion).scalars())


_IS_SOUND_OR_FILM = or_(FILES.c.media_type.like("audio/%"), FILES.c.media_type.like("video/%"))


def _has_file(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(FILES.c.job_id == JOBS.c.id, *conditions)
