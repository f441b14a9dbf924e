"""Rows of YouTube connections and consents; tokens are encrypted, states are digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Double, delete, func, or_, update
from sqlmodel import Field, SQLModel, Text, col, select

from ...jobs.states import JobStatus
from ..clock import now_s
from ..database import Database, UtcDateTime, record_of
from ..jobs.tables import JOBS


class YouTubeInsertRow(SQLModel, table=True):
    """An upload to YouTube; it counts against the Google project's daily quota."""

    __tablename__ = "youtube_inserts"
    id: int | None = Field(default=None, primary_key=True)
    job_id: str
    made_at: datetime = Field(sa_type=UtcDateTime, index=True)


class YouTubeStateRow(SQLModel, table=True):
    """The state of a user who was sent to Google's consent page."""

    __tablename__ = "youtube_states"
    digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id")
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class YouTubeConnectionRow(SQLModel, table=True):
    """A user's connection: encrypted tokens, granted scopes, channel.

    A process that refreshes the tokens locks them until ``refreshing_until_s`` (database clock).
    ``long_videos_asked_at`` is None if YouTube was not asked since the user connected.
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
class StoredConnection:
    """A stored connection; ``channel_id`` is empty if the scopes don't allow reading it.

    ``takes_long_videos`` is None if unknown.
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


@dataclass(frozen=True, slots=True)
class YouTubeStore:
    """YouTube connections. Safe to share between threads and processes.

    ``sealed`` differs after every encryption. So a change that requires it does nothing and returns
    False if another process has changed the connection meanwhile.
    """

    database: Database

    def add_state(self, digest: str, user_id: str, *, expires_at: datetime, now: datetime) -> None:
        """Store a consent state, and delete expired ones."""
        with self.database.write() as session:
            session.execute(delete(YouTubeStateRow).where(col(YouTubeStateRow.expires_at) <= now))
            session.add(YouTubeStateRow(digest=digest, user_id=user_id, expires_at=expires_at))

    def take_state(self, digest: str, *, now: datetime) -> str | None:
        """Consume a state and return its user; None if unknown, used or expired."""
        with self.database.write() as session:
            row = session.get(YouTubeStateRow, digest)
            if row is None:
                return None
            session.delete(row)
            return row.user_id if row.expires_at > now else None

    def put(self, connection: StoredConnection) -> StoredConnection | None:
        """Store a connection; return the user's previous one, which it replaces."""
        with self.database.write() as session:
            row = session.get(YouTubeConnectionRow, connection.user_id)
            earlier = None if row is None else record_of(StoredConnection, row)
            new = YouTubeConnectionRow(
                **asdict(connection), long_videos_asked_at=None, refreshing_until_s=None
            )
            session.merge(new)
        return earlier

    def connection(self, user_id: str) -> StoredConnection | None:
        """Return the user's connection."""
        theirs = select(YouTubeConnectionRow).where(YouTubeConnectionRow.user_id == user_id)
        row = self.database.first(theirs)
        return None if row is None else record_of(StoredConnection, row)

    def has_channel(self, channel_id: str) -> bool:
        """Whether any user is connected to this channel."""
        those = select(YouTubeConnectionRow).where(YouTubeConnectionRow.channel_id == channel_id)
        return self.database.first(those.limit(1)) is not None

    def remove(self, user_id: str) -> StoredConnection | None:
        """Delete and return the user's connection."""
        with self.database.write() as session:
            row = session.get(YouTubeConnectionRow, user_id)
            if row is None:
                return None
            session.delete(row)
            return record_of(StoredConnection, row)

    def claim_refresh(self, user_id: str, sealed: str, *, hold_s: float) -> bool:
        """Lock tokens for refreshing, for at most ``hold_s``; False if locked or changed."""
        return self._change(user_id, _is(sealed), _FREE, refreshing_until_s=now_s() + hold_s)

    def release_refresh(self, user_id: str, sealed: str) -> bool:
        """Release the refresh lock."""
        return self._change(user_id, _is(sealed), refreshing_until_s=None)

    def refreshed(self, user_id: str, sealed: str, *, renewed: str) -> bool:
        """Replace the tokens that were refreshed."""
        return self._change(user_id, _is(sealed), sealed=renewed, refreshing_until_s=None)

    def mark_reconnect(self, user_id: str, sealed: str) -> bool:
        """Record that Google no longer renews these tokens; the caller holds the refresh lock."""
        return self._change(user_id, _is(sealed), needs_reconnect=True, refreshing_until_s=None)

    def mark_refused(self, user_id: str, sealed: str) -> bool:
        """Record that YouTube refused these tokens, unless they are being refreshed."""
        return self._change(user_id, _is(sealed), _FREE, needs_reconnect=True)

    def claim_question(self, user_id: str, *, now: datetime, unless_since: datetime) -> bool:
        """Claim the right to ask YouTube about long videos.

        False if YouTube was asked since ``unless_since``.
        """
        asked_at = col(YouTubeConnectionRow.long_videos_asked_at)
        is_due = or_(asked_at.is_(None), asked_at <= unless_since)
        return self._change(user_id, is_due, long_videos_asked_at=now)

    def long_videos_taken(self, user_id: str, channel_id: str) -> bool:
        """Record that the channel accepts long videos."""
        is_this = col(YouTubeConnectionRow.channel_id) == channel_id
        return self._change(user_id, is_this, takes_long_videos=True)

    def reencrypt(self, renewed: Callable[[str], str | None]) -> None:
        """Replace each encrypted value by ``renewed(value)``; None keeps the value.

        Skips tokens that are being refreshed, as they will be encrypted with the first key anyway.
        """
        rows = select(YouTubeConnectionRow).where(_FREE)
        with self.database.write() as session:
            for row in session.exec(rows):
                row.sealed = renewed(row.sealed) or row.sealed

    def inserts_since(self, moment: datetime) -> int:
        """Count the uploads that this server has started since ``moment``."""
        count = select(func.count()).where(col(YouTubeInsertRow.made_at) >= moment)
        return self.database.first(count) or 0

    def waits_until(self, moment: datetime) -> bool:
        """Whether a publication of any user waits for the quota day that begins at ``moment``."""
        at_s = moment.timestamp()
        waits = select(func.count()).where(
            JOBS.c.kind == "publish",
            JOBS.c.status == JobStatus.QUEUED,
            JOBS.c.not_before_s.between(at_s - 1.0, at_s + 1.0),
        )
        return bool(self.database.first(waits))

    def _change(self, user_id: str, *only_if: ColumnElement[bool], **values: object) -> bool:
        is_theirs = col(YouTubeConnectionRow.user_id) == user_id
        change = update(YouTubeConnectionRow).where(is_theirs, *only_if).values(**values)
        return self.database.change(change) == 1


_held_until = col(YouTubeConnectionRow.refreshing_until_s)
_FREE = or_(_held_until.is_(None), _held_until < now_s())


def _is(sealed: str) -> ColumnElement[bool]:
    return col(YouTubeConnectionRow.sealed) == sealed
