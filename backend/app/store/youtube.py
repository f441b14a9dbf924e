"""Rows of connections to YouTube. Tokens come in sealed, states as digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Double, delete, func, or_, update
from sqlmodel import Field, SQLModel, Text, col, select

from .clock import now_s
from .database import Database, UtcDateTime
from .publication_tables import YouTubeInsertRow


class YouTubeStateRow(SQLModel, table=True):
    """A consent that somebody has gone to give."""

    __tablename__ = "youtube_states"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id")
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class YouTubeConnectionRow(SQLModel, table=True):
    """What a user has allowed, and the channel it is about.

    Who refreshes the tokens holds them until ``refreshing_until_s``, by the database's clock.
    ``long_videos_asked_at`` is None where nobody has asked since the user connected.
    """

    __tablename__ = "youtube_connections"
    user_id: str = Field(primary_key=True, foreign_key="users.id")
    sealed: str = Field(sa_type=Text)
    scopes: str
    channel_id: str
    channel_title: str
    channel_picture: str | None = None
    takes_long_videos: bool | None = None
    long_videos_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    needs_reconnect: bool = False
    connected_at: datetime = Field(sa_type=UtcDateTime)
    refreshing_until_s: float | None = Field(default=None, sa_type=Double)


@dataclass(frozen=True, slots=True)
class KeptConnection:
    """A connection as it lies in the database; without a ``channel_id`` nobody may ask for it.

    ``takes_long_videos`` is None where YouTube has not said.
    """

    user_id: str
    sealed: str
    scopes: str
    channel_id: str
    channel_title: str
    channel_picture: str | None
    connected_at: datetime
    needs_reconnect: bool = False
    takes_long_videos: bool | None = None


class YouTubeStore:
    """Connections to YouTube. Safe to share between threads and processes.

    ``sealed`` is never the same twice. So a change that names it changes nothing where somebody
    else has changed the connection meanwhile, and answers False.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_state(self, digest: str, user_id: str, *, expires_at: datetime, now: datetime) -> None:
        """Keep whose consent is awaited, and drop those that come no more."""
        with self._database.write() as session:
            session.execute(delete(YouTubeStateRow).where(col(YouTubeStateRow.expires_at) <= now))
            session.add(YouTubeStateRow(digest=digest, user_id=user_id, expires_at=expires_at))

    def take_state(self, digest: str, *, now: datetime) -> str | None:
        """Whose consent this is, once; None if it is unknown, used or too late."""
        with self._database.write() as session:
            row = session.get(YouTubeStateRow, digest)
            if row is None:
                return None
            session.delete(row)
            return row.user_id if row.expires_at > now else None

    def put(self, connection: KeptConnection) -> KeptConnection | None:
        """Keep a connection in place of any earlier one of its user, and answer what that was."""
        with self._database.write() as session:
            row = session.get(YouTubeConnectionRow, connection.user_id)
            earlier = None if row is None else _kept(row)
            session.merge(
                YouTubeConnectionRow(
                    user_id=connection.user_id,
                    sealed=connection.sealed,
                    scopes=connection.scopes,
                    channel_id=connection.channel_id,
                    channel_title=connection.channel_title,
                    channel_picture=connection.channel_picture,
                    takes_long_videos=connection.takes_long_videos,
                    needs_reconnect=connection.needs_reconnect,
                    connected_at=connection.connected_at,
                    long_videos_asked_at=None,
                    refreshing_until_s=None,
                )
            )
        return earlier

    def connection(self, user_id: str) -> KeptConnection | None:
        """The user's connection."""
        with self._database.read() as session:
            row = session.get(YouTubeConnectionRow, user_id)
        return None if row is None else _kept(row)

    def has_channel(self, channel_id: str) -> bool:
        """Whether anybody has a connection to this channel."""
        those = select(YouTubeConnectionRow).where(YouTubeConnectionRow.channel_id == channel_id)
        with self._database.read() as session:
            return session.exec(those.limit(1)).first() is not None

    def remove(self, user_id: str) -> KeptConnection | None:
        """Forget the user's connection, and answer what it was."""
        with self._database.write() as session:
            row = session.get(YouTubeConnectionRow, user_id)
            if row is None:
                return None
            session.delete(row)
            return _kept(row)

    def claim_refresh(self, user_id: str, sealed: str, *, hold_s: float) -> bool:
        """Be the one who refreshes these tokens, for so long at most."""
        return self._change(user_id, _is(sealed), _FREE, refreshing_until_s=now_s() + hold_s)

    def release_refresh(self, user_id: str, sealed: str) -> bool:
        """Let somebody else try."""
        return self._change(user_id, _is(sealed), refreshing_until_s=None)

    def refreshed(self, user_id: str, sealed: str, *, renewed: str) -> bool:
        """Put new tokens in the place of those that were refreshed."""
        return self._change(user_id, _is(sealed), sealed=renewed, refreshing_until_s=None)

    def mark_reconnect(self, user_id: str, sealed: str) -> bool:
        """Google gives no more tokens for these, says who holds them."""
        dead = {"needs_reconnect": True, "refreshing_until_s": None}
        return self._change(user_id, _is(sealed), **dead)

    def mark_refused(self, user_id: str, sealed: str) -> bool:
        """YouTube accepts these tokens no more, unless somebody is getting others for them."""
        return self._change(user_id, _is(sealed), _FREE, needs_reconnect=True)

    def claim_question(self, user_id: str, *, now: datetime, unless_since: datetime) -> bool:
        """Be the one who asks now whether the channel takes long videos, if nobody has since."""
        asked_at = col(YouTubeConnectionRow.long_videos_asked_at)
        is_due = or_(asked_at.is_(None), asked_at <= unless_since)
        return self._change(user_id, is_due, long_videos_asked_at=now)

    def long_videos_taken(self, user_id: str, channel_id: str) -> bool:
        """This channel takes long videos by now."""
        is_this = col(YouTubeConnectionRow.channel_id) == channel_id
        return self._change(user_id, is_this, takes_long_videos=True)

    def seal_anew(self, renewed: Callable[[str], str | None]) -> None:
        """Put ``renewed`` in the place of what is sealed; None leaves a row as it is.

        Tokens that are being refreshed are left to whoever does it, who seals them anew as well.
        """
        rows = select(YouTubeConnectionRow).where(_FREE)
        with self._database.write() as session:
            for row in session.exec(rows):
                row.sealed = renewed(row.sealed) or row.sealed

    def inserts_since(self, moment: datetime) -> int:
        """How many uploads this server has begun since."""
        count = select(func.count()).where(col(YouTubeInsertRow.made_at) >= moment)
        with self._database.read() as session:
            return session.exec(count).one()

    def _change(self, user_id: str, *only_if: ColumnElement[bool], **values: object) -> bool:
        is_theirs = col(YouTubeConnectionRow.user_id) == user_id
        change = update(YouTubeConnectionRow).where(is_theirs, *only_if).values(**values)
        with self._database.write() as session:
            return session.connection().execute(change).rowcount == 1


_held_until = col(YouTubeConnectionRow.refreshing_until_s)
_FREE = or_(_held_until.is_(None), _held_until < now_s())


def _is(sealed: str) -> ColumnElement[bool]:
    return col(YouTubeConnectionRow.sealed) == sealed


def _kept(row: YouTubeConnectionRow) -> KeptConnection:
    return KeptConnection(
        user_id=row.user_id,
        sealed=row.sealed,
        scopes=row.scopes,
        channel_id=row.channel_id,
        channel_title=row.channel_title,
        channel_picture=row.channel_picture,
        connected_at=row.connected_at,
        needs_reconnect=row.needs_reconnect,
        takes_long_videos=row.takes_long_videos,
    )
