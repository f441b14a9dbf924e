"""Jobs as their owners deal with them: submit, look at, cancel, retry, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from ..errors import Conflict, NotFound
from ..jobs.estimate import Turn
from ..jobs.queue import WORK
from ..jobs.states import PENDING, TERMINAL, Edge, JobStatus, StepState, sources
from ..jobs.workspace import WrittenFile
from .clock import now_s
from .database import Database
from .job_claims import move
from .job_queue import speeds_of_kinds
from .job_records import JobRecord, QueueRecord, file_of, queued_jobs, records
from .job_tables import FILES, JOBS, STEPS


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job about to be queued, in its lane, to wait for another one's success if need be."""

    id: str
    user_id: str
    kind: str
    title: str
    request: str
    inputs: str
    work_s: float
    lane: str = WORK
    after_job_id: str | None = None


@dataclass(frozen=True, slots=True)
class JobStore:
    """The rows of jobs. Every query that a user causes names the user: a stranger's job is none.

    Any thread may call; each method is one transaction and may raise what ``Database`` raises.
    """

    database: Database

    def add(self, *new: NewJob, quota: int) -> bool:
        """Queue jobs of one user, all or none; False if that were more than ``quota`` pending."""
        with self.database.write() as session:
            connection = session.connection()
            if _pending_of(connection, new[0].user_id) + len(new) > quota:
                return False
            for job in new:
                connection.execute(insert(JOBS).values(**_row_of(job)))
            return True

    def find(self, user_id: str, job_id: str) -> JobRecord | None:
        """The user's job, or None."""
        with self.database.read() as session:
            found = records(session.connection(), _of(user_id, job_id))
        return found[0] if found else None

    def inputs(self, user_id: str, job_id: str) -> str | None:
        """What the user's job works with, as JSON."""
        inputs = select(JOBS.c.inputs).where(_of(user_id, job_id))
        with self.database.read() as session:
            return session.connection().execute(inputs).scalar()

    def newest(self, user_id: str, limit: int) -> list[JobRecord]:
        """The user's jobs, newest first."""
        with self.database.read() as session:
            return records(session.connection(), JOBS.c.user_id == user_id, limit)

    def pending_requests(self, user_id: str) -> list[str]:
        """What the user's jobs that have not ended were asked to do, each as JSON."""
        requests = select(JOBS.c.request).where(_pending(user_id))
        with self.database.read() as session:
            return list(session.connection().execute(requests).scalars())

    def pending_inputs(self) -> list[str]:
        """What every job that has not ended works with, each as JSON, over all users."""
        inputs = select(JOBS.c.inputs).where(JOBS.c.status.in_(PENDING))
        with self.database.read() as session:
            return list(session.connection().execute(inputs).scalars())

    def queue(self) -> QueueRecord:
        """The queue as it stands, over all users."""
        with self.database.read() as session:
            connection = session.connection()
            pending = queued_jobs(connection, JOBS.c.status.in_(PENDING))
            return QueueRecord(
                tuple(job for job in pending if job.status is JobStatus.QUEUED),
                tuple(job for job in pending if job.status is JobStatus.RUNNING),
                _turns(connection, {job.user_id for job in pending}),
                speeds_of_kinds(connection),
            )

    def cancel(self, user_id: str, job_id: str) -> None:
        """End the job if it waits; ask its supervisor to end it if it runs."""
        with self.database.write() as session:
            connection = session.connection()
            mine = _of(user_id, job_id)
            if connection.execute(select(1).where(mine)).first() is None:
                return
            if not move(connection, job_id, Edge.CANCEL_WAITING):
                running = and_(mine, JOBS.c.status == JobStatus.RUNNING)
                connection.execute(update(JOBS).where(running).values(cancel_requested=True))

    def retry(self, user_id: str, job_id: str, *, quota: int) -> bool:
        """Queue a job again; False, and nothing done, if its user has ``quota`` jobs pending.

        Raises
        ------
        NotFound
            If the user has no such job.
        Conflict
            If it has not ended, or has succeeded.
        """
        with self.database.write() as session:
            connection = session.connection()
            _expect_retryable(connection, _of(user_id, job_id))
            if _pending_of(connection, user_id) >= quota:
                return False
            move(connection, job_id, Edge.RETRY)
            connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(**_fresh()))
            stopped = and_(STEPS.c.job_id == job_id, STEPS.c.state != StepState.SUCCEEDED)
            connection.execute(
                update(STEPS).where(stopped).values(state=StepState.WAITING, progress=0.0)
            )
            return True

    def delete(self, user_id: str, job_id: str) -> bool:
        """Forget the job, its steps and its files' rows; False while it runs or is needed."""
        still = and_(_of(user_id, job_id), JOBS.c.status != JobStatus.RUNNING, _not_needed())
        with self.database.write() as session:
            return _deleted(session.connection(), still)

    def delete_ended_before(self, age_s: float, *, limit: int = 100) -> list[str]:
        """Forget jobs that ended more than ``age_s`` seconds ago and are not needed; their ids."""
        ended = and_(JOBS.c.status.in_(TERMINAL), JOBS.c.finished_s < now_s() - age_s)
        ended = and_(ended, _not_needed())
        with self.database.write() as session:
            connection = session.connection()
            ids = connection.execute(select(JOBS.c.id).where(ended).limit(limit)).scalars().all()
            return [job_id for job_id in ids if _deleted(connection, JOBS.c.id == job_id)]

    def known(self, job_ids: Sequence[str]) -> set[str]:
        """Those of ``job_ids`` that have a row."""
        with self.database.read() as session:
            ids = select(JOBS.c.id).where(JOBS.c.id.in_(job_ids))
            return set(session.connection().execute(ids).scalars())

    def artifact(self, job_id: str, name: str, user_id: str | None = None) -> WrittenFile | None:
        """One artifact; without ``user_id`` for a signed link, whose maker was its owner."""
        which = and_(FILES.c.job_id == job_id, FILES.c.name == name)
        which = and_(which, FILES.c.media_type.is_not(None))
        if user_id is not None:
            which = and_(which, JOBS.c.user_id == user_id)
        with self.database.read() as session:
            joined = select(FILES).join(JOBS, JOBS.c.id == FILES.c.job_id).where(which)
            row = session.connection().execute(joined).first()
        return None if row is None else file_of(row)

    def title(self, job_id: str) -> str:
        """What the job is called; empty if it is gone."""
        with self.database.read() as session:
            which = select(JOBS.c.title).where(JOBS.c.id == job_id)
            return str(session.connection().execute(which).scalar() or "")

    def artifacts(self, job_id: str) -> list[WrittenFile]:
        """All artifacts of a job, by name."""
        which = and_(FILES.c.job_id == job_id, FILES.c.media_type.is_not(None))
        with self.database.read() as session:
            rows = session.connection().execute(select(FILES).where(which).order_by(FILES.c.name))
            return [file_of(row) for row in rows]


def _of(user_id: str, job_id: str) -> ColumnElement[bool]:
    return and_(JOBS.c.id == job_id, JOBS.c.user_id == user_id)


def _expect_retryable(connection: Connection, which: ColumnElement[bool]) -> None:
    status = connection.execute(select(JOBS.c.status).where(which)).scalar()
    if status is None:
        raise NotFound("There is no such job.")
    if status not in sources(Edge.RETRY):
        raise Conflict("Only a failed or cancelled job can be retried.")


def _pending_of(connection: Connection, user_id: str) -> int:
    return connection.execute(select(func.count()).where(_pending(user_id))).scalar_one()


def _pending(user_id: str) -> ColumnElement[bool]:
    return and_(JOBS.c.user_id == user_id, JOBS.c.status.in_(PENDING))


def _not_needed() -> ColumnElement[bool]:
    """No job that has not ended goes on from this one, or nothing has come of it."""
    other = JOBS.alias("other")
    needs = exists().where(other.c.after_job_id == JOBS.c.id, other.c.status.in_(PENDING))
    return or_(JOBS.c.status.in_((JobStatus.FAILED, JobStatus.CANCELLED)), not_(needs))


def _fresh() -> dict[str, object]:
    return {
        "crashes": 0,
        "cancel_requested": False,
        "queued_s": now_s(),
        "started_s": None,
        "not_before_s": None,
    }


def _row_of(new: NewJob) -> dict[str, object]:
    return {
        "id": new.id,
        "user_id": new.user_id,
        "kind": new.kind,
        "title": new.title,
        "request": new.request,
        "inputs": new.inputs,
        "work_s": new.work_s,
        "lane": new.lane,
        "after_job_id": new.after_job_id,
        "status": JobStatus.QUEUED,
        "attempt": 0,
        "notes": [],
        "created_s": now_s(),
        **_fresh(),
    }


def _deleted(connection: Connection, which: ColumnElement[bool]) -> bool:
    """Delete jobs; their steps and files go with them."""
    return connection.execute(delete(JOBS).where(which)).rowcount > 0


def _turns(connection: Connection, users: set[str]) -> dict[str, dict[str, Turn]]:
    running = func.sum(case((JOBS.c.status == JobStatus.RUNNING, 1), else_=0))
    served = func.coalesce(func.max(JOBS.c.claimed_s), 0.0)
    whose = (JOBS.c.lane, JOBS.c.user_id)
    by_user = select(*whose, running.label("running"), served.label("served_s"))
    turns: dict[str, dict[str, Turn]] = {}
    for row in connection.execute(by_user.where(JOBS.c.user_id.in_(users)).group_by(*whose)):
        turns.setdefault(row.lane, {})[row.user_id] = Turn(row.running, row.served_s)
    return turns
