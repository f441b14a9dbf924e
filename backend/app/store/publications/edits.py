"""Rows of published videos that their owners change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from ...errors import Conflict
from ...jobs.states import PENDING
from ..clock import now_s
from ..database import Database, record_of
from ..jobs.job_store import hold_jobs
from ..jobs.tables import JOBS
from .tables import PublicationRow

# A page waits half a minute for an edit, but a thumbnail of 50 MB is sent for longer.
EDIT_LIMIT_S = 600.0


@dataclass(frozen=True, slots=True)
class EditedVideo:
    """A published video; for the fields see :class:`PublicationRow`."""

    job_id: str
    source_job_id: str
    video_id: str
    marker: str
    channel_id: str | None
    channel_title: str | None
    created_at: datetime
    uploaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class VideoEditStore:
    """Videos by their publish jobs. Thread-safe; each change is one transaction."""

    database: Database

    def find(self, user_id: str, job_id: str) -> EditedVideo | None:
        """Return the user's video; None if the job has none (yet)."""
        mine = (col(PublicationRow.job_id) == job_id, col(PublicationRow.user_id) == user_id)
        query = select(PublicationRow).where(*mine, col(PublicationRow.video_id).is_not(None))
        row = self.database.first(query)
        return record_of(EditedVideo, row) if row else None

    @contextmanager
    def editing(self, user_id: str, job_id: str, limit_s: float = EDIT_LIMIT_S) -> Iterator[None]:
        """Keep the publish job from being retried, and the video from other edits, meanwhile.

        Raise :class:`Conflict` while the job works on the video, or another edit does. An edit that
        was killed ends after ``limit_s``.
        """
        until_s = self._begin(user_id, job_id, limit_s)
        try:
            yield
        finally:
            ours = (_of(job_id), col(PublicationRow.edit_until_s) == until_s)
            self.database.change(update(PublicationRow).where(*ours).values(edit_until_s=None))

    def _begin(self, user_id: str, job_id: str, limit_s: float) -> float:
        status = select(JOBS.c.status).where(JOBS.c.id == job_id)
        with self.database.write() as session:
            hold_jobs(session, user_id)
            if session.connection().execute(status).scalar() in PENDING:
                raise Conflict(
                    "The publication is not finished, and may still change the video.",
                    hint="Wait until it has ended, or cancel its job first.",
                )
            require_no_edit(session, job_id)
            until_s: float = session.execute(select(now_s() + limit_s)).scalar_one()
            change = update(PublicationRow).where(_of(job_id)).values(edit_until_s=until_s)
            session.execute(change)
            return until_s

    def edited(self, job_id: str, *, title: str, privacy: str, publish_at: datetime | None) -> None:
        """Record what the owner has made of the video."""
        with self.database.write() as session:
            row = session.get_one(PublicationRow, job_id)
            row.title, row.privacy, row.publish_at = title, privacy, publish_at
            row.privacy_before = None


def require_no_edit(session: Session, job_id: str) -> None:
    """Raise :class:`Conflict` while an edit changes the job's video."""
    edited = col(PublicationRow.edit_until_s) > now_s()
    if session.execute(select(1).where(_of(job_id), edited)).first() is not None:
        raise Conflict("The video is being changed just now.", hint="Try again in a minute.")


def _of(job_id: str) -> ColumnElement[bool]:
    return col(PublicationRow.job_id) == job_id
