"""Rows of connections to YouTube. Tokens come in sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double
from sqlmodel import Field, SQLModel, Text

from .database import UtcDateTime


class YouTubeStateRow(SQLModel, table=True):
    """A consent that somebody has gone to give."""

    __tablename__ = "youtube_states"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id")
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class YouTubeConnectionRow(SQLModel, table=True):
    """What a user has allowed, and the channel it is about.

    Who refreshes the tokens holds them until ``refreshing_until_s``, by the database's clock.
    """

    __tablename__ = "youtube_connections"
    user_id: str = Field(primary_key=True, foreign_key="users.id")
    sealed: str = Field(sa_type=Text)
    scopes: str
    channel_id: str
    channel_title: str
    channel_picture: str | None = None
    needs_reconnect: bool = False
    connected_at: datetime = Field(sa_type=UtcDateTime)
    refreshing_until_s: float | None = Field(default=None, sa_type=Double)
