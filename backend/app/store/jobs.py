"""Jobs as their owners deal with them: submit, look at, cancel, retry, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from ..jobs.estimate import Turn
from ..jobs.states import PENDING, TERMINAL, Edge, Failure, Job, JobStatus, StepRecord, StepState
from ..jobs.workspace import WrittenFile
from .clock import now_s
from .database import Database
from .job_claims import move
from .job_queue import speeds_of_kinds
from .job_tables import FILES, JOBS, STEPS

_FAILURE: TypeAdapter[Failure] = TypeAdapter(Failure)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job about to be queued."""

    id: str
    user_id: str
    kind: str
    title: str
    request: str
    inputs: str
    work_s: float


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job with its steps, in order, and its artifacts."""

    job: Job
    steps: tuple[StepRecord, ...]
    artifacts: tuple[WrittenFile, ...]


@dataclass(frozen=True, slots=True)
class QueueRecord:
    """All that decides how long a queued job has to wait.

    ``waiting`` are the queued jobs and ``running`` those that run, with the steps each has written
    down; ``speeds`` are by kind and step.
    """

    waiting: tuple[JobRecord, ...]
    running: tuple[JobRecord, ...]
    turns: dict[str, Turn]
    speeds: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class JobStore:
    """The rows of jobs. Every query that a user causes names the user: a stranger's job is none.

    Any thread may call; each method is one transaction and may raise what ``Database`` raises.
    """

    database: Database

    def add(self, new: NewJob, *, quota: int) -> bool:
        """Queue a job; False, and nothing done, if its user has ``quota`` jobs pending already."""
        with self.database.write() as session:
            connection = session.connection()
            if _pending_of(connection, new.user_id) >= quota:
                return False
            connection.execute(insert(JOBS).values(**_row_of(new)))
            return True

    def find(self, user_id: str, job_id: str) -> JobRecord | None:
        """The user's job, or None."""
        with self.database.read() as session:
            found = _records(session.connection(), _of(user_id, job_id))
        return found[0] if found else None

    def newest(self, user_id: str, limit: int) -> list[JobRecord]:
        """The user's jobs, newest first."""
        with self.database.read() as session:
            return _records(session.connection(), JOBS.c.user_id == user_id, limit)

    def pending_requests(self, user_id: str) -> list[str]:
        """What the user's jobs that have not ended were asked to do, each as JSON."""
        requests = select(JOBS.c.request).where(_pending(user_id))
        with self.database.read() as session:
            return list(session.connection().execute(requests).scalars())

    def queue(self) -> QueueRecord:
        """The queue as it stands, over all users."""
        with self.database.read() as session:
            connection = session.connection()
            pending = _records(connection, JOBS.c.status.in_(PENDING))
            users = {record.job.user_id for record in pending}
            return QueueRecord(
                tuple(r for r in pending if r.job.status is JobStatus.QUEUED),
                tuple(r for r in pending if r.job.status is JobStatus.RUNNING),
                _turns(connection, users),
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
        """Queue an ended job again; False if it stands at no start of that edge, or over quota."""
        with self.database.write() as session:
            connection = session.connection()
            mine = connection.execute(select(1).where(_of(user_id, job_id))).first()
            if mine is None or _pending_of(connection, user_id) >= quota:
                return False
            if not move(connection, job_id, Edge.RETRY):
                return False
            connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(**_fresh()))
            stopped = and_(STEPS.c.job_id == job_id, STEPS.c.state != StepState.SUCCEEDED)
            connection.execute(
                update(STEPS).where(stopped).values(state=StepState.WAITING, progress=0.0)
            )
            return True

    def delete(self, user_id: str, job_id: str) -> bool:
        """Forget the job, its steps and its files' rows; False while it runs."""
        still = and_(_of(user_id, job_id), JOBS.c.status != JobStatus.RUNNING)
        with self.database.write() as session:
            return _deleted(session.connection(), still)

    def delete_ended_before(self, age_s: float, *, limit: int = 100) -> list[str]:
        """Forget jobs that ended more than ``age_s`` seconds ago; their ids."""
        ended = and_(JOBS.c.status.in_(TERMINAL), JOBS.c.finished_s < now_s() - age_s)
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
        return None if row is None else _file_of(row)

    def artifacts(self, job_id: str) -> list[WrittenFile]:
        """All artifacts of a job, by name."""
        which = and_(FILES.c.job_id == job_id, FILES.c.media_type.is_not(None))
        with self.database.read() as session:
            rows = session.connection().execute(select(FILES).where(which).order_by(FILES.c.name))
            return [_file_of(row) for row in rows]


def _of(user_id: str, job_id: str) -> ColumnElement[bool]:
    return and_(JOBS.c.id == job_id, JOBS.c.user_id == user_id)


def _pending_of(connection: Connection, user_id: str) -> int:
    return connection.execute(select(func.count()).where(_pending(user_id))).scalar_one()


def _pending(user_id: str) -> ColumnElement[bool]:
    return and_(JOBS.c.user_id == user_id, JOBS.c.status.in_(PENDING))


def _fresh() -> dict[str, object]:
    return {"crashes": 0, "cancel_requested": False, "queued_s": now_s(), "started_s": None}


def _row_of(new: NewJob) -> dict[str, object]:
    return {
        "id": new.id,
        "user_id": new.user_id,
        "kind": new.kind,
        "title": new.title,
        "request": new.request,
        "inputs": new.inputs,
        "work_s": new.work_s,
        "status": JobStatus.QUEUED,
        "attempt": 0,
        "notes": [],
        "created_s": now_s(),
        **_fresh(),
    }


def _deleted(connection: Connection, which: ColumnElement[bool]) -> bool:
    """Delete jobs; their steps and files go with them."""
    return connection.execute(delete(JOBS).where(which)).rowcount > 0


def _turns(connection: Connection, users: set[str]) -> dict[str, Turn]:
    running = func.sum(case((JOBS.c.status == JobStatus.RUNNING, 1), else_=0))
    served = func.coalesce(func.max(JOBS.c.claimed_s), 0.0)
    by_user = select(JOBS.c.user_id, running.label("running"), served.label("served_s"))
    rows = connection.execute(by_user.where(JOBS.c.user_id.in_(users)).group_by(JOBS.c.user_id))
    return {row.user_id: Turn(row.running, row.served_s) for row in rows}


def _records(
    connection: Connection, which: ColumnElement[bool], limit: int | None = None
) -> list[JobRecord]:
    """Three queries, however many jobs."""
    newest = select(JOBS).where(which).order_by(JOBS.c.created_s.desc(), JOBS.c.id).limit(limit)
    jobs = [_job_of(row) for row in connection.execute(newest)]
    ids = [job.id for job in jobs]
    steps = _steps_of(connection, ids)
    files = _files_of(connection, ids)
    return [
        JobRecord(job, tuple(steps.get(job.id, ())), tuple(files.get(job.id, ()))) for job in jobs
    ]


def _steps_of(connection: Connection, job_ids: list[str]) -> dict[str, list[StepRecord]]:
    running_s = (now_s() - STEPS.c.started_s).label("running_s")
    steps: dict[str, list[StepRecord]] = {}
    of_jobs = select(STEPS, running_s).where(STEPS.c.job_id.in_(job_ids))
    for row in connection.execute(of_jobs.order_by(STEPS.c.position)):
        state = StepState(row.state)
        record = StepRecord(
            row.name,
            state,
            row.progress,
            row.cost_s,
            row.seconds,
            row.running_s if state is StepState.RUNNING else None,
        )
        steps.setdefault(row.job_id, []).append(record)
    return steps


def _files_of(connection: Connection, job_ids: list[str]) -> dict[str, list[WrittenFile]]:
    files: dict[str, list[WrittenFile]] = {}
    public = and_(FILES.c.job_id.in_(job_ids), FILES.c.media_type.is_not(None))
    for row in connection.execute(select(FILES).where(public).order_by(FILES.c.name)):
        files.setdefault(row.job_id, []).append(_file_of(row))
    return files


def _file_of(row: Row[tuple[object, ...]]) -> WrittenFile:
    return WrittenFile(row.name, row.media_type, row.size, row.sha256)


def _job_of(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        id=row.id,
        user_id=row.user_id,
        kind=row.kind,
        title=row.title,
        request=row.request,
        inputs=row.inputs,
        work_s=row.work_s,
        status=JobStatus(row.status),
        attempt=row.attempt,
        crashes=row.crashes,
        cancel_requested=row.cancel_requested,
        failure=None if row.failure is None else _FAILURE.validate_python(row.failure),
        notes=tuple(row.notes),
        queued_s=row.queued_s,
        created_s=row.created_s,
        started_s=row.started_s,
        finished_s=row.finished_s,
    )
