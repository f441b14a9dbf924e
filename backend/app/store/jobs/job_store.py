"""Users' access to rows of jobs: add, find, cancel, retry, delete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection
from sqlalchemy.sql import (
    and_,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlmodel import Session

from ...errors import Conflict, NotFound
from ...jobs.estimate import Turn
from ...jobs.queue import WORK
from ...jobs.states import PENDING, Edge, JobStatus, StepState, sources
from ...jobs.workspace import WrittenFile
from ..clock import now_s
from ..database import Database, hold_lock, record_of
from .claims import move
from .expired import not_needed
from .notifications import announce
from .queue import speeds_of_kinds
from .quota import has_room, is_pending_of
from .records import JobRecord, QueuedJob, QueueRecord, queued_jobs, records
from .tables import FILES, JOBS, STEPS
from .webhooks import SealedWebhook, add_webhook


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to queue in a lane; optionally it starts after another job's success."""

    id: str
    user_id: str
    kind: str
    title: str
    request: str
    inputs: str
    work_s: float
    lane: str = WORK
    after_job_id: str | None = None
    webhook: SealedWebhook | None = None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list: kinds, statuses (empty: any), older than the job ``before``."""

    kinds: tuple[str, ...] = ()
    kinds_left_out: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    before: str | None = None

    def condition(self, connection: Connection, user_id: str) -> ColumnElement[bool]:
        """Condition on a user's rows; all of its columns are in one index."""
        terms = [JOBS.c.user_id == user_id, JOBS.c.kind.not_in(self.kinds_left_out)]
        if self.kinds:
            terms.append(JOBS.c.kind.in_(self.kinds))
        if self.statuses:
            terms.append(JOBS.c.status.in_(self.statuses))
        if self.before is not None:
            terms.append(_older_than(connection, user_id, self.before))
        return and_(*terms)


@dataclass(frozen=True, slots=True)
class JobStore:
    """Rows of jobs. Queries for a user never return other users' jobs.

    Thread-safe; each method is one transaction and may raise what ``Database`` raises.
    """

    database: Database

    def add(
        self, *new: NewJob, quota: int, check: Callable[[Session], None] = lambda _: None
    ) -> bool:
        """Queue jobs of one user; queue none and return False if more than ``quota`` would wait.

        Running jobs count, too; paused ones only for ``MOST_WITH_PAUSED``. ``check`` runs in
        the same transaction, one of a user's at a time; what it raises prevents the jobs.
        """
        with self.database.write() as session:
            hold_jobs(session, new[0].user_id)
            check(session)
            connection = session.connection()
            if not has_room(connection, new[0].user_id, len(new), quota):
                session.rollback()  # what `check` wrote
                return False
            for job in new:
                values = {name: value for name, value in asdict(job).items() if name != "webhook"}
                row = insert(JOBS).values(**values, **_fresh())
                connection.execute(
                    row.values(status=JobStatus.QUEUED, attempt=0, notes=[], created_s=now_s())
                )
                if job.webhook is not None:
                    add_webhook(connection, job.id, job.webhook)
            announce(connection)
            return True

    def find(self, user_id: str, job_id: str) -> JobRecord | None:
        """Return the user's job, or None."""
        with self.database.read() as session:
            found = records(session.connection(), _of(user_id, job_id))
        return found[0] if found else None

    def inputs(self, user_id: str, job_id: str) -> str | None:
        """Return the stored inputs of the user's job as JSON."""
        return self.database.first(select(JOBS.c.inputs).where(_of(user_id, job_id)))

    def page(self, user_id: str, wanted: JobFilter, limit: int) -> list[JobRecord]:
        """List the user's newest jobs that pass a filter, without artifacts.

        Raise ``NotFound`` if the user has no job ``wanted.before``.
        """
        with self.database.read() as session:
            connection = session.connection()
            which = wanted.condition(connection, user_id)
            return records(connection, which, limit, with_artifacts=False)

    def pending_requests(self, user_id: str) -> list[str]:
        """Return the requests (JSON) of the user's jobs that have not ended."""
        return self.database.all(select(JOBS.c.request).where(is_pending_of(user_id)))

    def pending_inputs(self) -> list[str]:
        """Return the inputs (JSON) of all users' jobs that have not ended."""
        return self.database.all(select(JOBS.c.inputs).where(JOBS.c.status.in_(PENDING)))

    def queue(self) -> QueueRecord:
        """Read the state of the whole queue, of all users."""
        with self.database.read() as session:
            connection = session.connection()
            pending = queued_jobs(connection, JOBS.c.status.in_(PENDING))
            return QueueRecord(
                tuple(job for job in pending if job.status is JobStatus.QUEUED),
                tuple(job for job in pending if job.status is JobStatus.RUNNING),
                _turns(connection, pending),
                speeds_of_kinds(connection),
            )

    def cancel(self, user_id: str, job_id: str) -> None:
        """Cancel a waiting job; ask a running one to end."""
        with self.database.write() as session:
            connection = session.connection()
            mine = _of(user_id, job_id)
            if connection.execute(select(1).where(mine)).first() is None:
                return
            if not move(connection, job_id, Edge.CANCEL_WAITING):
                running = and_(mine, JOBS.c.status == JobStatus.RUNNING)
                connection.execute(update(JOBS).where(running).values(cancel_requested=True))

    def retry(
        self,
        user_id: str,
        job_id: str,
        *,
        quota: int,
        check: Callable[[Session], None] = lambda _: None,
    ) -> bool:
        """Queue a job again; return False as :meth:`add` does.

        Raise ``NotFound`` if the user has no such job, and ``Conflict`` if it has not ended or has
        succeeded. ``check`` runs in the same transaction as in :meth:`add`.
        """
        with self.database.write() as session:
            hold_jobs(session, user_id)
            check(session)
            connection = session.connection()
            _require_retryable(connection, _of(user_id, job_id))
            if not has_room(connection, user_id, 1, quota):
                return False
            move(connection, job_id, Edge.RETRY)
            connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(**_fresh()))
            stopped = and_(STEPS.c.job_id == job_id, STEPS.c.state != StepState.SUCCEEDED)
            connection.execute(
                update(STEPS).where(stopped).values(state=StepState.WAITING, progress=0.0)
            )
            return True

    def wait_no_longer(self, user_id: str, job_id: str) -> bool:
        """Let a job that waits for a time start now; False if it waits for none."""
        waits = and_(_of(user_id, job_id), JOBS.c.status == JobStatus.QUEUED)
        waits = and_(waits, JOBS.c.not_before_s.is_not(None))
        change = update(JOBS).where(waits).values(not_before_s=None, detail=None)
        with self.database.write() as session:
            connection = session.connection()
            announce(connection)
            return connection.execute(change).rowcount > 0

    def delete(self, user_id: str, job_id: str) -> bool:
        """Delete the job with its rows; False if it is running or another job needs it."""
        still = and_(_of(user_id, job_id), JOBS.c.status != JobStatus.RUNNING, not_needed())
        # The database also deletes the rows of steps and files.
        return self.database.change(delete(JOBS).where(still)) > 0

    def known(self, job_ids: Sequence[str]) -> set[str]:
        """Return those of ``job_ids`` that exist."""
        return set(self.database.all(select(JOBS.c.id).where(JOBS.c.id.in_(job_ids))))

    def artifact(self, job_id: str, name: str, user_id: str | None = None) -> WrittenFile | None:
        """Return one artifact; only for signed links, which its owner made, omit ``user_id``."""
        which = and_(FILES.c.job_id == job_id, FILES.c.name == name)
        which = and_(which, FILES.c.media_type.is_not(None))
        if user_id is not None:
            which = and_(which, JOBS.c.user_id == user_id)
        with self.database.read() as session:
            joined = select(FILES).join(JOBS, JOBS.c.id == FILES.c.job_id).where(which)
            row = session.connection().execute(joined).first()
        return None if row is None else record_of(WrittenFile, row)

    def title(self, job_id: str) -> str:
        """Return the job's title; empty if the job is deleted."""
        return self.database.first(select(JOBS.c.title).where(JOBS.c.id == job_id)) or ""

    def artifacts(self, job_id: str) -> list[WrittenFile]:
        """Return all artifacts of a job by name."""
        which = and_(FILES.c.job_id == job_id, FILES.c.media_type.is_not(None))
        with self.database.read() as session:
            rows = session.connection().execute(select(FILES).where(which).order_by(FILES.c.name))
            return [record_of(WrittenFile, row) for row in rows]


def hold_jobs(session: Session, user_id: str) -> None:
    """Let one transaction at a time decide about the user's jobs, until it ends."""
    hold_lock(session, f"jobs of {user_id}")


def _of(user_id: str, job_id: str) -> ColumnElement[bool]:
    return and_(JOBS.c.id == job_id, JOBS.c.user_id == user_id)


def _older_than(connection: Connection, user_id: str, job_id: str) -> ColumnElement[bool]:
    place = (JOBS.c.created_s, JOBS.c.id)  # two jobs may have been made in the same millisecond
    row = connection.execute(select(*place).where(_of(user_id, job_id))).first()
    if row is None:
        raise NotFound("There is no such job to list from.", hint="List from the newest one.")
    return tuple_(*place) < tuple_(*row)


def _require_retryable(connection: Connection, which: ColumnElement[bool]) -> None:
    status = connection.execute(select(JOBS.c.status).where(which)).scalar()
    if status is None:
        raise NotFound("There is no such job.")
    if status not in sources(Edge.RETRY):
        raise Conflict("Only a failed or cancelled job can be retried.")


def _fresh() -> dict[str, object]:
    """The column values of a job that is queued again."""
    return {
        "crashes": 0,
        "cancel_requested": False,
        "queued_s": now_s(),
        "started_s": None,
        "not_before_s": None,
    }


def _turns(connection: Connection, pending: Sequence[QueuedJob]) -> dict[str, dict[str, Turn]]:
    """Each user's running jobs and last turn, by lane, for users with a pending job there."""
    whose = {(job.lane, job.user_id) for job in pending}
    running = Counter((job.lane, job.user_id) for job in pending if job.status is JobStatus.RUNNING)
    turns: dict[str, dict[str, Turn]] = {}
    for lane, user_id in whose:
        mine = and_(JOBS.c.user_id == user_id, JOBS.c.lane == lane)
        served_s = connection.execute(select(func.max(JOBS.c.claimed_s)).where(mine)).scalar()
        turns.setdefault(lane, {})[user_id] = Turn(running[lane, user_id], served_s or 0.0)
    return turns
