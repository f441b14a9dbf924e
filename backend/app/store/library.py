"""Rows of what people uploaded: crates of tracks, and pictures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import BigInteger, Field, SQLModel

from .database import UtcDateTime


class UploadRow(SQLModel, table=True):
    """A crate (``kind`` is ``tracks``) or a picture (``image``)."""

    __tablename__ = "uploads"
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    kind: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class TrackRow(SQLModel, table=True):
    """A track in a crate; ``content`` names its sound in the content store."""

    __tablename__ = "tracks"
    __table_args__ = (UniqueConstraint("upload_id", "position"),)
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    upload_id: str = Field(foreign_key="uploads.id", index=True)
    position: int
    content: str = Field(index=True)
    title: str
    artist: str
    album: str
    n_samples: int = Field(sa_type=BigInteger)
    bits: int
    recorded_gain_db: float
    has_cover: bool
    source_format: str
    warnings: list[str] = Field(sa_column=Column(JSON, nullable=False))


class ImageRow(SQLModel, table=True):
    """The picture of an ``image`` upload."""

    __tablename__ = "images"
    upload_id: str = Field(foreign_key="uploads.id", primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    file_name: str
    width: int
    height: int
