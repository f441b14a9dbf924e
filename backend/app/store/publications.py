"""Rows of publications: how far each upload is, and what stands on YouTube."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import BigInteger, Field, SQLModel, Text

from .database import UtcDateTime


class PublicationRow(SQLModel, table=True):
    """One publication. It outlives its job, so that a mix is not published twice unawares.

    Attributes
    ----------
    marker : the tag by which a video is known to be this one
    sealed_session : the address of the upload, which is worth as much as a token
    sessions : how many uploads have been begun
    """

    __tablename__ = "publications"
    job_id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    source_job_id: str = Field(index=True)
    sealed_session: str | None = Field(default=None, sa_type=Text)
    marker: str
    size_bytes: int | None = Field(default=None, sa_type=BigInteger)
    sent_bytes: int = Field(default=0, sa_type=BigInteger)
    sessions: int = 0
    video_id: str | None = None
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
