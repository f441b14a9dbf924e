"""Rows of jobs, read as values: whole ones to show, narrow ones to estimate by."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, and_, select

from ..jobs.estimate import Turn
from ..jobs.states import Failure, Job, JobStatus, StepRecord, StepState
from ..jobs.workspace import WrittenFile
from .clock import now_s
from .job_claims import is_ready
from .job_tables import FILES, JOBS, STEPS

_FAILURE: TypeAdapter[Failure] = TypeAdapter(Failure)
# Inputs are for the worker: of a large crate they are 100 kB, and lists are asked for every second.
_SHOWN = tuple(column for column in JOBS.c if column.name != "inputs")


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job with its steps, in order, and its artifacts."""

    job: Job
    steps: tuple[StepRecord, ...]
    artifacts: tuple[WrittenFile, ...]


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """What an estimate needs of a job that waits or runs.

    One that is not ``is_ready`` waits for another job, or for a moment: it has no place in a queue.
    """

    id: str
    user_id: str
    kind: str
    status: JobStatus
    queued_s: float
    work_s: float
    lane: str
    is_ready: bool
    steps: tuple[StepRecord, ...]


@dataclass(frozen=True, slots=True)
class QueueRecord:
    """All that decides how long a queued job has to wait.

    ``waiting`` are the queued jobs and ``running`` those that run, with the steps each has written
    down; ``turns`` are by lane and user, ``speeds`` by kind and step.
    """

    waiting: tuple[QueuedJob, ...]
    running: tuple[QueuedJob, ...]
    turns: dict[str, dict[str, Turn]]
    speeds: dict[str, dict[str, float]]


def records(
    connection: Connection, which: ColumnElement[bool], limit: int | None = None
) -> list[JobRecord]:
    """Jobs, newest first: three queries, however many they are."""
    source = JOBS.alias("source")
    stands = select(source.c.status).where(source.c.id == JOBS.c.after_job_id).scalar_subquery()
    shown = select(*(*_SHOWN, stands.label("after_status"))).where(which)
    newest = shown.order_by(JOBS.c.created_s.desc(), JOBS.c.id).limit(limit)
    jobs = [_job_of(row) for row in connection.execute(newest)]
    ids = [job.id for job in jobs]
    steps = _steps_of(connection, ids)
    files = _files_of(connection, ids)
    return [
        JobRecord(job, tuple(steps.get(job.id, ())), tuple(files.get(job.id, ()))) for job in jobs
    ]


def queued_jobs(connection: Connection, which: ColumnElement[bool]) -> list[QueuedJob]:
    """What an estimate needs of jobs: two queries of narrow rows."""
    names = ("id", "user_id", "kind", "status", "queued_s", "work_s", "lane")
    ready = is_ready().label("is_ready")
    rows = connection.execute(select(*(JOBS.c[name] for name in names), ready).where(which)).all()
    steps = _steps_of(connection, [row.id for row in rows])
    return [
        QueuedJob(
            id=row.id,
            user_id=row.user_id,
            kind=row.kind,
            status=JobStatus(row.status),
            queued_s=row.queued_s,
            work_s=row.work_s,
            lane=row.lane,
            is_ready=bool(row.is_ready),
            steps=tuple(steps.get(row.id, ())),
        )
        for row in rows
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
        files.setdefault(row.job_id, []).append(file_of(row))
    return files


def file_of(row: Row[tuple[object, ...]]) -> WrittenFile:
    """A row of a file, as a value."""
    return WrittenFile(row.name, row.media_type, row.size, row.sha256)


def _job_of(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        id=row.id,
        user_id=row.user_id,
        kind=row.kind,
        title=row.title,
        request=row.request,
        work_s=row.work_s,
        status=JobStatus(row.status),
        attempt=row.attempt,
        crashes=row.crashes,
        cancel_requested=row.cancel_requested,
        failure=None if row.failure is None else _FAILURE.validate_python(row.failure),
        notes=tuple(row.notes),
        detail=row.detail,
        queued_s=row.queued_s,
        created_s=row.created_s,
        started_s=row.started_s,
        finished_s=row.finished_s,
        after_job_id=row.after_job_id,
        after_status=None if row.after_status is None else JobStatus(row.after_status),
        not_before_s=row.not_before_s,
    )
