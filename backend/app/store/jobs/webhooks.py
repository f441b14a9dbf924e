"""Rows of users' and jobs' webhooks, and of the messages that are to be sent to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Double, Index, Text
from sqlalchemy.sql import and_, delete, func, insert, literal, select, update
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


class JobWebhookRow(SQLModel, table=True):
    """The webhook of one job."""

    __tablename__ = "job_webhooks"
    job_id: str = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    url: str = Field(sa_type=Text)
    sealed: str = Field(sa_type=Text)


class WebhookMessageRow(SQLModel, table=True):
    """A message about the end of a job, until it is delivered; ``next_s`` is None once given up.

    It goes to the job's own webhook if ``of_job``, else to the user's.
    """

    __tablename__ = "webhook_messages"
    __table_args__ = (Index("ix_webhook_messages_next", "next_s"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(foreign_key="users.id", index=True)
    job_id: str
    status: str
    of_job: bool = False
    attempt: int = 0
    error: str | None = Field(default=None, sa_type=Text)
    created_s: float = Field(sa_type=Double)
    next_s: float | None = Field(default=None, sa_type=Double)


JOB_WEBHOOKS = SQLModel.metadata.tables["job_webhooks"]
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
class SealedWebhook:
    """The webhook of a new job, with its encrypted secret."""

    url: str
    sealed: str


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """A message; ``attempt`` counts from 1, ``error`` says why the last one failed."""

    id: int
    user_id: str
    job_id: str
    status: str
    of_job: bool
    attempt: int
    error: str | None
    created_s: float
    next_s: float | None


def queue_message(connection: Connection, job_id: str, status: JobStatus) -> None:
    """Queue messages about a job's end for its user's webhook and its own, if there are some.

    Call it in the transaction that ends the job.
    """
    columns = ["user_id", "job_id", "status", "of_job", "attempt", "created_s", "next_s"]
    for of_job in (False, True):
        values = (literal(status.value), literal(of_job), literal(0), now_s(), now_s())
        message = select(JOBS.c.user_id, JOBS.c.id, *values).where(JOBS.c.id == job_id)
        if of_job:
            message = message.join(JOB_WEBHOOKS, JOB_WEBHOOKS.c.job_id == JOBS.c.id)
        else:
            message = message.join(WEBHOOKS, WEBHOOKS.c.user_id == JOBS.c.user_id)
            message = message.where(JOBS.c.kind.not_in(SILENT_KINDS))
        connection.execute(insert(MESSAGES).from_select(columns, message))


def add_webhook(connection: Connection, job_id: str, webhook: SealedWebhook) -> None:
    """Add a new job's webhook."""
    row = {"job_id": job_id, "url": webhook.url, "sealed": webhook.sealed}
    connection.execute(insert(JOB_WEBHOOKS).values(**row))


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

    def addressee(self, message: WebhookMessage) -> Webhook | None:
        """Return the webhook that gets a message; None if it is gone."""
        if not message.of_job:
            return self.find(message.user_id)
        of_job = (
            select(JOBS.c.user_id, JOBS.c.created_s, JOB_WEBHOOKS.c.url, JOB_WEBHOOKS.c.sealed)
            .join(JOB_WEBHOOKS, JOB_WEBHOOKS.c.job_id == JOBS.c.id)
            .where(JOBS.c.id == message.job_id)
        )
        with self.database.read() as session:
            row = session.connection().execute(of_job).first()
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
        """List the newest messages to the user's webhook that have failed at least once."""
        of_user = and_(MESSAGES.c.user_id == user_id, ~MESSAGES.c.of_job)
        failed = select(MESSAGES).where(of_user, MESSAGES.c.error.is_not(None))
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
            for table in (WEBHOOKS, JOB_WEBHOOKS):
                [owner] = table.primary_key.columns
                for owner_id, sealed in connection.execute(select(owner, table.c.sealed)).all():
                    if (renewed := change(sealed)) is not None:
                        this = update(table).where(owner == owner_id)
                        connection.execute(this.values(sealed=renewed))


def _forget(connection: Connection, user_id: str) -> bool:
    of_user = and_(MESSAGES.c.user_id == user_id, ~MESSAGES.c.of_job)
    connection.execute(delete(MESSAGES).where(of_user))
    return connection.execute(delete(WEBHOOKS).where(WEBHOOKS.c.user_id == user_id)).rowcount > 0
