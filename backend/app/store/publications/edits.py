"""Rows of published videos that their owners change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from ..database import Database, record_of
from .tables import PublicationRow


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

    def edited(self, job_id: str, *, title: str, privacy: str, publish_at: datetime | None) -> None:
        """Record what the owner has made of the video."""
        with self.database.write() as session:
            row = session.get_one(PublicationRow, job_id)
            row.title, row.privacy, row.publish_at = title, privacy, publish_at
            row.privacy_before = None
