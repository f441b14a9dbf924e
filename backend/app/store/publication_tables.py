"""The tables of publications: one row a publication, one a call that counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double
from sqlmodel import BigInteger, Field, SQLModel, Text

from .accounts import UserRow
from .database import UtcDateTime

# By its class: whoever writes these rows, a child that publishes too, has to know that table.
_USER = f"{UserRow.__tablename__}.id"


class PublicationRow(SQLModel, table=True):
    """One publication. It outlives its job, so that a mix is not published twice unawares.

    Attributes
    ----------
    marker : the tag by which a video is known to be this one
    again : whether the mix may be on YouTube a second time
    channel_id, channel_title : where the upload was begun; empty where the consent does not tell
    sealed_session : the address of the upload, which is worth as much as a token
    sessions : how many uploads have been begun
    sha256, size_bytes : of the file that goes, or went, into the upload
    sent_bytes : what YouTube is known to have of it
    all_sent : the last byte has gone out at least once, so that there may be a video
    doubted_s : when its owner was told that nobody can say whether there is one, by the database's
        clock
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


class YouTubeInsertRow(SQLModel, table=True):
    """One call that counts against the project's daily uploads."""

    __tablename__ = "youtube_inserts"
    id: int | None = Field(default=None, primary_key=True)
    job_id: str
    made_at: datetime = Field(sa_type=UtcDateTime, index=True)
