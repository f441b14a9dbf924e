"""Jobs in the contract's shape, with where they stand in the queue and when they will end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter

from ..contract.base import Problem
from ..contract.jobs import ArtifactView, JobRequest, JobView, StepView
from ..contract.publishing import PublicationView
from ..jobs.estimate import (
    Waiting,
    progress_percent,
    queue_order,
    remaining_s,
    speed_of_kind,
    wait_s,
)
from ..jobs.states import Failure, Job, JobStatus, StepRecord, StepState
from ..jobs.workspace import WrittenFile
from ..store.job_records import JobRecord, QueuedJob, QueueRecord

_REQUEST: TypeAdapter[JobRequest] = TypeAdapter(JobRequest)


@dataclass(frozen=True, slots=True)
class QueueState:
    """Each waiting job's position (1 is next) and the seconds until it will have ended."""

    positions: dict[str, int]
    etas_s: dict[str, float | None]

    @classmethod
    def of(cls, queue: QueueRecord, lanes: Mapping[str, int]) -> QueueState:
        """Work out positions and ends, as if jobs kept to the speeds measured so far.

        ``lanes`` says how many jobs of each run at a time.
        """
        positions: dict[str, int] = {}
        etas_s: dict[str, float | None] = {}
        for lane, slots in lanes.items():
            waiting = [job for job in queue.waiting if job.lane == lane and job.is_ready]
            turns = queue.turns.get(lane, {})
            order = queue_order([_waiting(job, queue) for job in waiting], turns)
            running = [_cost_s(job, queue) for job in queue.running if job.lane == lane]
            costs = [job.cost_s for job in order]
            for place, job in enumerate(order):
                positions[job.job_id] = place + 1
                etas_s[job.job_id] = _sum_s(wait_s(costs[:place], running, slots), job.cost_s)
        return cls(positions, etas_s)


def job_view(
    record: JobRecord, queue: QueueState | None, publications: Sequence[PublicationView] = ()
) -> JobView:
    """A job as its owner sees it; ``queue`` may be None if it does not wait."""
    job = record.job
    return JobView(
        id=job.id,
        kind=job.kind,
        title=job.title,
        status=job.status.value,
        step=_current(record.steps),
        detail=job.detail,
        progress=_progress(record),
        queue_position=queue.positions.get(job.id) if queue else None,
        eta_s=_eta_s(record, queue),
        error=_problem(job.failure),
        attempt=job.attempt,
        steps=[_step_view(step) for step in record.steps],
        notes=list(job.notes),
        artifacts=[artifact_view(file) for file in record.artifacts],
        request=request_of(job.request),
        waits_for=job.after_job_id if _is_waiting(job) else None,
        waits_for_status=job.after_status.value if job.after_status and _is_waiting(job) else None,
        resumes_at=None if job.not_before_s is None else _moment(job.not_before_s),
        publications=list(publications),
        created_at=_moment(job.created_s),
        started_at=None if job.started_s is None else _moment(job.started_s),
        finished_at=None if job.finished_s is None else _moment(job.finished_s),
    )


def _is_waiting(job: Job) -> bool:
    """Whether it waits for another job, which has not succeeded."""
    unfinished = job.after_status not in (None, JobStatus.SUCCEEDED)
    return job.status is JobStatus.QUEUED and unfinished


def request_of(text: str) -> JobRequest:
    """What a job was asked to do, as it is kept on its row."""
    return _REQUEST.validate_json(text)


def artifact_view(file: WrittenFile) -> ArtifactView:
    """A file that a job made for its owner."""
    media_type = file.media_type or "application/octet-stream"
    return ArtifactView(name=file.name, media_type=media_type, size=file.size, sha256=file.sha256)


def _waiting(job: QueuedJob, queue: QueueRecord) -> Waiting:
    return Waiting(job.id, job.user_id, job.queued_s, _cost_s(job, queue))


def _cost_s(job: QueuedJob, queue: QueueRecord) -> float | None:
    """Seconds of work left; None before the first job of its kind has been measured."""
    if job.steps:
        return remaining_s(job.steps)
    speeds = queue.speeds.get(job.kind)
    return job.work_s * speed_of_kind(speeds) if speeds else None


def _sum_s(wait: float | None, cost: float | None) -> float | None:
    return None if wait is None or cost is None else wait + cost


def _eta_s(record: JobRecord, queue: QueueState | None) -> float | None:
    if record.job.status is JobStatus.RUNNING and record.steps:
        return remaining_s(record.steps)
    return queue.etas_s.get(record.job.id) if queue else None


def _progress(record: JobRecord) -> float:
    if record.job.status is JobStatus.SUCCEEDED:
        return 100.0
    return progress_percent(record.steps)


def _current(steps: tuple[StepRecord, ...]) -> str | None:
    """The step that runs, or that could not go on."""
    shown = (StepState.RUNNING, StepState.FAILED)
    return next((step.name for step in steps if step.state in shown), None)


def _step_view(step: StepRecord) -> StepView:
    return StepView(
        name=step.name, state=step.state.value, progress=step.progress, seconds=step.seconds
    )


def _problem(failure: Failure | None) -> Problem | None:
    if failure is None:
        return None
    return Problem(
        code=failure.code,
        message=failure.message,
        hint=failure.hint,
        retryable=failure.retryable,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
