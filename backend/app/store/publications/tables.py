"""Table of publications."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double
from sqlmodel import BigInteger, Field, SQLModel, Text

from ..accounts.accounts import UserRow
from ..database import UtcDateTime

# By its class, so that importing this module also defines the users table (in child processes,
# too).
_USER = f"{UserRow.__tablename__}.id"

#: YouTube's states of a video that cannot be watched, in ``upload_status``.
REFUSED = ("failed", "rejected")


class PublicationRow(SQLModel, table=True):
    """One publication; it outlives its job, so that no mix is published twice by mistake.

    ``marker`` is the tag that identifies the video on YouTube; ``again`` allows a second video of
    the mix. ``channel_id`` and ``channel_title`` are empty if the consent does not reveal them.
    ``sealed_session`` is the encrypted address of the upload session, as sensitive as a token, and
    ``sessions`` the number of uploads started. YouTube has confirmed ``sent_bytes``. ``all_sent``
    means that the last byte was sent at least once, so a video may exist. ``doubted_s`` is when the
    owner was informed of that doubt, by the database's clock.

    From looks at the video after ``uploaded_at``: YouTube's ``upload_status`` (uploaded, processed,
    failed, rejected, deleted) with its reason; ``is_licensed`` if a content owner has claimed it;
    the only countries in which it is ``allowed_in``, and those ``blocked_in`` (ISO 3166 codes, with
    commas; None if YouTube names none); ``privacy_before``, if it has another privacy than when it
    was published. ``look_at`` is the next look at a published video; the last ``missed_looks`` did
    not find it. ``edit_until_s`` is set while an edit changes the video: until then, by the
    database's clock, no other edit and no retry of the job may begin.
    """

    __tablename__ = "publications"
    job_id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key=_USER, index=True)
    source_job_id: str = Field(index=True)
    marker: str
    title: str
    privacy: str
    publish_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    again: bool
    sealed_session: str | None = Field(default=None, sa_type=Text)
    sessions: int = 0
    sha256: str | None = None
    size_bytes: int | None = Field(default=None, sa_type=BigInteger)
    sent_bytes: int = Field(default=0, sa_type=BigInteger)
    all_sent: bool = False
    doubted_s: float | None = Field(default=None, sa_type=Double)
    video_id: str | None = None
    channel_id: str | None = None
    channel_title: str | None = None
    playlist_id: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    uploaded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    upload_status: str | None = None
    upload_reason: str | None = None
    is_licensed: bool | None = None
    allowed_in: str | None = Field(default=None, sa_type=Text)
    blocked_in: str | None = Field(default=None, sa_type=Text)
    privacy_before: str | None = None
    processed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    look_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    missed_looks: int = 0
    edit_until_s: float | None = Field(default=None, sa_type=Double)
