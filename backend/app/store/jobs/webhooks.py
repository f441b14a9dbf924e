"""Rows of users' webhooks, and of the messages that are to be sent to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Double, Index, Text
from sqlalchemy.sql import delete, func, insert, literal, select, update
from sqlmodel import Field, SQLModel

from ...jobs.states import JobStatus
from ..clock import now_s
from ..database import Database, record_of
from .tables import JOBS

#: Kinds that are parts of pages; their ends are no news.
SILENT_KINDS = ("analysis", "preview", "listening")
# Longer than a request may take: a message whose sender died is sent again.
_LEASE_S = 120.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 10.0, 3600.0
GIVE_UP_AFTER_S = 24 * 3600.0
_FAILURES_KEPT_S = 30 * 24 * 3600.0


class WebhookRow(SQLModel, table=True):
    """A user's webhook; ``sealed`` is its encrypted secret."""

    __tablename__ = "webhooks"
    user_id: str = Field(primary_key=True, foreign_key="users.id")
    url: str = Field(sa_type=Text)
    sealed: str = Field(sa_type=Text)
    created_s: float = Field(sa_type=Double)


class WebhookMessageRow(SQLModel, table=True):
    """A message about the end of a job, until it is delivered; ``next_s`` is None once given up."""

    __tablename__ = "webhook_messages"
    __table_args__ = (Index("ix_webhook_messages_next", "next_s"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    job_id: str
    status: str
    attempt: int = 0
    error: str | None = Field(default=None, sa_type=Text)
    created_s: float = Field(sa_type=Double)
    next_s: float | None = Field(default=None, sa_type=Double)


WEBHOOKS = SQLModel.metadata.tables["webhooks"]
MESSAGES = SQLModel.metadata.tables["webhook_messages"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """A user's webhook."""

    user_id: str
    url: str
    sealed: str
    created_s: float


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """A message; ``attempt`` counts from 1, ``error`` says why the last one failed."""

    id: int
    user_id: str
    job_id: str
    status: str
    attempt: int
    error: str | None
    created_s: float
    next_s: float | None


def queue_message(connection: Connection, job_id: str, status: JobStatus) -> None:
    """Queue a message about a job's end, if its user has a webhook; in the same transaction."""
    of_job = (
        select(JOBS.c.user_id, JOBS.c.id, literal(status.value), literal(0), now_s(), now_s())
        .join(WEBHOOKS, WEBHOOKS.c.user_id == JOBS.c.user_id)
        .where(JOBS.c.id == job_id, JOBS.c.kind.not_in(SILENT_KINDS))
    )
    columns = ["user_id", "job_id", "status", "attempt", "created_s", "next_s"]
    connection.execute(insert(MESSAGES).from_select(columns, of_job))


@dataclass(frozen=True, slots=True)
class WebhookStore:
    """Webhooks and their messages. Thread-safe; may raise what ``Database`` raises."""

    database: Database

    def find(self, user_id: str) -> Webhook | None:
        """Return the user's webhook."""
        with self.database.read() as session:
            of_user = select(WEBHOOKS).where(WEBHOOKS.c.user_id == user_id)
            row = session.connection().execute(of_user).first()
        return None if row is None else record_of(Webhook, row)

    def put(self, user_id: str, url: str, sealed: str) -> None:
        """Replace the user's webhook; forget the messages that were given up."""
        with self.database.write() as session:
            connection = session.connection()
            _forget(connection, user_id)
            values = {"user_id": user_id, "url": url, "sealed": sealed, "created_s": now_s()}
            connection.execute(insert(WEBHOOKS).values(**values))

    def remove(self, user_id: str) -> bool:
        """Delete the user's webhook and its messages; False if there is none."""
        with self.database.write() as session:
            return _forget(session.connection(), user_id)

    def undelivered(self, user_id: str, limit: int = 20) -> list[WebhookMessage]:
        """List the newest messages that have failed at least once."""
        failed = select(MESSAGES).where(
            MESSAGES.c.user_id == user_id, MESSAGES.c.error.is_not(None)
        )
        with self.database.read() as session:
            newest = failed.order_by(MESSAGES.c.id.desc()).limit(limit)
            return [record_of(WebhookMessage, row) for row in session.connection().execute(newest)]

    def take(self) -> WebhookMessage | None:
        """Take a message that is due; no one else gets it for two minutes."""
        due = MESSAGES.c.next_s <= now_s()
        if self.database.first(select(MESSAGES.c.id).where(due).limit(1)) is None:
            return None
        first = select(MESSAGES.c.id).where(due).order_by(MESSAGES.c.next_s).limit(1)
        taken = (
            update(MESSAGES)
            .where(MESSAGES.c.id == first.with_for_update(skip_locked=True).scalar_subquery())
            .values(attempt=MESSAGES.c.attempt + 1, next_s=now_s() + _LEASE_S)
            .returning(MESSAGES)
        )
        with self.database.write() as session:
            row = session.connection().execute(taken).first()
            return None if row is None else record_of(WebhookMessage, row)

    def delivered(self, message: WebhookMessage) -> None:
        """Delete a message that has arrived, or whose job is gone."""
        self.database.change(delete(MESSAGES).where(MESSAGES.c.id == message.id))

    def failed(self, message: WebhookMessage, error: str) -> bool:
        """Send a message again later; after a day give it up, and return True."""
        wait_s = min(_FIRST_WAIT_S * 2 ** min(message.attempt - 1, 20), _LONGEST_WAIT_S)
        this = update(MESSAGES).where(MESSAGES.c.id == message.id)
        in_time = MESSAGES.c.created_s > now_s() - GIVE_UP_AFTER_S
        later = this.where(in_time).values(next_s=now_s() + wait_s, error=error)
        over = this.where(~in_time).values(next_s=None, error=error)
        with self.database.write() as session:
            connection = session.connection()
            if connection.execute(later).rowcount:
                return False
            return connection.execute(over).rowcount > 0

    def forget_old(self) -> None:
        """Delete messages that were given up a month ago."""
        old = MESSAGES.c.created_s < now_s() - _FAILURES_KEPT_S
        if self.database.first(select(func.count()).where(old)):
            self.database.change(delete(MESSAGES).where(old))

    def reencrypt(self, change: Callable[[str], str | None]) -> None:
        """Encrypt all secrets again; those that no key decrypts stay."""
        with self.database.write() as session:
            connection = session.connection()
            for user_id, sealed in connection.execute(
                select(WEBHOOKS.c.user_id, WEBHOOKS.c.sealed)
            ):
                if (renewed := change(sealed)) is not None:
                    mine = update(WEBHOOKS).where(WEBHOOKS.c.user_id == user_id)
                    connection.execute(mine.values(sealed=renewed))


def _forget(connection: Connection, user_id: str) -> bool:
    connection.execute(delete(MESSAGES).where(MESSAGES.c.user_id == user_id))
    return connection.execute(delete(WEBHOOKS).where(WEBHOOKS.c.user_id == user_id)).rowcount > 0
