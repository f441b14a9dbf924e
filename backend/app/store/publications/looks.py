"""What YouTube says of uploaded videos, and when to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from ..database import Database, record_of
from .tables import PublicationRow


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What YouTube says of a video; for the fields see :class:`PublicationRow`."""

    upload_status: str | None
    upload_reason: str | None
    is_licensed: bool | None
    allowed_in: str | None
    blocked_in: str | None
    privacy: str | None
    publish_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueLook:
    """A published video that is to be looked at."""

    job_id: str
    user_id: str
    video_id: str
    channel_id: str | None
    created_at: datetime
    uploaded_at: datetime | None
    publish_at: datetime | None
    look_at: datetime


@dataclass(frozen=True, slots=True)
class VideoLooks:
    """Looks at videos, by their publish jobs. Thread-safe; each change is one transaction."""

    database: Database

    def facts(self, job_id: str) -> VideoFacts:
        """What YouTube said at the last look."""
        with self.database.read() as session:
            return record_of(VideoFacts, session.get_one(PublicationRow, job_id))

    def seen(self, job_id: str, facts: VideoFacts, *, at: datetime) -> None:
        """Record what YouTube says of the video.

        If a finished publication's privacy differs, the earlier one is kept beside it; a scheduled
        video that has become public has not changed.
        """
        with self.database.write() as session:
            row = session.get_one(PublicationRow, job_id)
            for name in ("upload_status", "upload_reason", "is_licensed"):
                setattr(row, name, getattr(facts, name))
            row.allowed_in, row.blocked_in = facts.allowed_in, facts.blocked_in
            row.looked_at, row.missed_looks = at, 0
            if facts.upload_status == "processed":
                row.processed_at = row.processed_at or at
            if facts.privacy is not None:
                _set_privacy(row, facts.privacy, facts.publish_at)

    def missed(self, job_id: str, *, at: datetime) -> int:
        """Count a look that did not find the video; return how many in a row did not."""
        with self.database.write() as session:
            row = session.get_one(PublicationRow, job_id)
            row.looked_at, row.missed_looks = at, row.missed_looks + 1
            return row.missed_looks

    def not_listed(self, job_id: str, *, at: datetime) -> None:
        """Record that YouTube lists the video no more, as several looks have shown."""
        with self.database.write() as session:
            row = session.get_one(PublicationRow, job_id)
            row.upload_status, row.upload_reason, row.looked_at = "deleted", None, at

    def look_again(self, job_id: str, at: datetime | None) -> None:
        """Set when to look at a finished publication's video next; None for never."""
        mine = col(PublicationRow.job_id) == job_id
        self.database.change(update(PublicationRow).where(mine).values(look_at=at))

    def due(self, now: datetime) -> DueLook | None:
        """The look that has been due for longest."""
        look_at = col(PublicationRow.look_at)
        query = select(PublicationRow).where(look_at <= now).order_by(look_at).limit(1)
        with self.database.read() as session:
            row = session.execute(query).scalars().first()
            return record_of(DueLook, row) if row else None

    def claim(self, due: DueLook, next_at: datetime | None) -> bool:
        """Set the next look; False if another process has claimed this one."""
        mine = col(PublicationRow.job_id) == due.job_id
        unclaimed = col(PublicationRow.look_at) == due.look_at
        change = update(PublicationRow).where(mine, unclaimed).values(look_at=next_at)
        return self.database.change(change) > 0


def _set_privacy(row: PublicationRow, privacy: str, publish_at: datetime | None) -> None:
    was_scheduled = row.publish_at is not None and privacy == "public"
    if row.published_at is not None and privacy != row.privacy and not was_scheduled:
        back = privacy == row.privacy_before
        row.privacy_before = None if back else row.privacy_before or row.privacy
    row.privacy = privacy
    row.publish_at = publish_at if privacy == "private" else None
