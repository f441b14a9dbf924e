"""Read rows of jobs: complete for display, few columns for estimates."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, Row, and_, select

from ...jobs.estimate import Turn
from ...jobs.states import Failure, Job, JobStatus, StepRecord, StepState
from ...jobs.workspace import WrittenFile
from ..clock import now_s
from ..database import record_of
from .claims import is_ready
from .tables import FILES, JOBS, STEPS

_FAILURE: TypeAdapter[Failure] = TypeAdapter(Failure)
# Without inputs: those of a large crate take 100 kB, and lists are polled every second.
_SHOWN = tuple(column for column in JOBS.c if column.name != "inputs")


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job with its steps in order, and its artifacts (none in a list)."""

    job: Job
    steps: tuple[StepRecord, ...]
    artifacts: tuple[WrittenFile, ...]


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """The fields of a queued or running job that an estimate needs.

    A job that is not ``is_ready`` waits for another job or a time, and has no queue position.
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
    """Everything that decides how long a queued job waits.

    ``turns`` are by lane and user, ``speeds`` by kind and step.
    """

    waiting: tuple[QueuedJob, ...]
    running: tuple[QueuedJob, ...]
    turns: dict[str, dict[str, Turn]]
    speeds: dict[str, dict[str, float]]


def records(
    connection: Connection,
    which: ColumnElement[bool],
    limit: int | None = None,
    *,
    with_artifacts: bool = True,
) -> list[JobRecord]:
    """Read jobs, newest first, in at most three queries."""
    source = JOBS.alias("source")
    stands = select(source.c.status).where(source.c.id == JOBS.c.after_job_id).scalar_subquery()
    shown = select(*(*_SHOWN, stands.label("after_status"))).where(which)
    newest = shown.order_by(JOBS.c.created_s.desc(), JOBS.c.id.desc()).limit(limit)
    jobs = [_job_of(row) for row in connection.execute(newest)]
    ids = [job.id for job in jobs]
    steps = _steps_of(connection, ids)
    files = _files_of(connection, ids) if with_artifacts else {}
    return [
        JobRecord(job, tuple(steps.get(job.id, ())), tuple(files.get(job.id, ()))) for job in jobs
    ]


def queued_jobs(connection: Connection, which: ColumnElement[bool]) -> list[QueuedJob]:
    """Read jobs for an estimate, in two narrow queries."""
    names = ("id", "user_id", "kind", "status", "queued_s", "work_s", "lane")
    ready = is_ready().label("is_ready")
    rows = connection.execute(select(*(JOBS.c[name] for name in names), ready).where(which)).all()
    steps = _steps_of(connection, [row.id for row in rows])
    return [
        record_of(
            QueuedJob,
            row,
            status=JobStatus(row.status),
            is_ready=bool(row.is_ready),
            steps=tuple(steps.get(row.id, ())),
        )
        for row in rows
    ]


def _steps_of(connection: Connection, job_ids: list[str]) -> dict[str, list[StepRecord]]:
    since_start = (now_s() - STEPS.c.started_s).label("running_s")
    steps: dict[str, list[StepRecord]] = {}
    of_jobs = select(STEPS, since_start).where(STEPS.c.job_id.in_(job_ids))
    for row in connection.execute(of_jobs.order_by(STEPS.c.position)):
        state = StepState(row.state)
        running_s = row.running_s if state is StepState.RUNNING else None
        step = record_of(StepRecord, row, state=state, running_s=running_s)
        steps.setdefault(row.job_id, []).append(step)
    return steps


def _files_of(connection: Connection, job_ids: list[str]) -> dict[str, list[WrittenFile]]:
    files: dict[str, list[WrittenFile]] = {}
    public = and_(FILES.c.job_id.in_(job_ids), FILES.c.media_type.is_not(None))
    for row in connection.execute(select(FILES).where(public).order_by(FILES.c.name)):
        files.setdefault(row.job_id, []).append(record_of(WrittenFile, row))
    return files


def _failure_of(stored: object) -> Failure:
    """Convert a stored failure; one stored differently by another version becomes general."""
    try:
        return _FAILURE.validate_python(stored)
    except ValidationError:
        return Failure("other_version", "The job failed under another version of Segue.")


def _job_of(row: Row[tuple[object, ...]]) -> Job:
    return record_of(
        Job,
        row,
        status=JobStatus(row.status),
        failure=None if row.failure is None else _failure_of(row.failure),
        notes=tuple(row.notes),
        after_status=None if row.after_status is None else JobStatus(row.after_status),
    )
