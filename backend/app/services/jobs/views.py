"""Convert jobs to API models, with queue positions and estimated ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ...contract.base import Problem
from ...contract.job_list import ListedJob
from ...contract.jobs import ArtifactView, JobSummary, JobView, StepView
from ...contract.publishing import PublicationView
from ...contract.stored_json import OtherVersion
from ...jobs.estimate import (
    Waiting,
    progress_percent,
    queue_order,
    remaining_s,
    speed_of_kind,
    wait_s,
)
from ...jobs.states import Failure, Job, JobStatus, StepRecord, StepState
from ...jobs.workspace import WrittenFile
from ...store.jobs.records import JobRecord, QueuedJob, QueueRecord
from .stored_requests import StoredRequest, n_tracks, single_values, stored_request


@dataclass(frozen=True, slots=True)
class QueueState:
    """Position of each waiting job (1 is next), and the seconds until it ends."""

    positions: dict[str, int]
    etas_s: dict[str, float | None]

    @classmethod
    def of(cls, queue: QueueRecord, lanes: Mapping[str, int]) -> QueueState:
        """Estimate positions and ends from the speeds measured so far.

        ``lanes`` has the number of jobs that run at a time in each lane.
        """
        positions: dict[str, int] = {}
        etas_s: dict[str, float | None] = {}
        for lane, slots in lanes.items():
            waiting = [job for job in queue.waiting if job.lane == lane and job.is_ready]
            turns = queue.turns.get(lane, {})
            queued = [
                Waiting(job.id, job.user_id, job.queued_s, _cost_s(job, queue)) for job in waiting
            ]
            order = queue_order(queued, turns)
            running = [_cost_s(job, queue) for job in queue.running if job.lane == lane]
            costs = [job.cost_s for job in order]
            for place, job in enumerate(order):
                positions[job.job_id] = place + 1
                etas_s[job.job_id] = _sum_s(wait_s(costs[:place], running, slots), job.cost_s)
        return cls(positions, etas_s)


def job_view(
    record: JobRecord, queue: QueueState | None, publications: Sequence[PublicationView] = ()
) -> JobView:
    """The API's view of a job; ``queue`` may be None unless the job waits."""
    stored = stored_request(record.job.kind, record.job.request)
    return JobView(
        **dict(_summary(record, queue, publications, stored)),
        notes=list(record.job.notes),
        artifacts=[artifact_view(file) for file in record.artifacts],
        request=stored.request,
    )


def listed_job(
    record: JobRecord, queue: QueueState | None, publications: Sequence[PublicationView] = ()
) -> ListedJob:
    """A job in a list; ``queue`` may be None unless the job waits."""
    stored = stored_request(record.job.kind, record.job.request)
    return ListedJob(
        **dict(_summary(record, queue, publications, stored)),
        request=single_values(stored.request),
    )


def _summary(
    record: JobRecord,
    queue: QueueState | None,
    publications: Sequence[PublicationView],
    stored: StoredRequest,
) -> JobSummary:
    job = record.job
    return JobSummary(
        id=job.id,
        kind=job.kind,
        title=job.title,
        status=job.status.value,
        step=_current(record.steps),
        detail=job.detail,
        progress=_progress(record),
        queue_position=queue.positions.get(job.id) if queue else None,
        eta_s=_eta_s(record, queue),
        error=_problem(job.failure if stored.is_whole else OtherVersion()),
        attempt=job.attempt,
        steps=[_step_view(step) for step in record.steps],
        n_tracks=n_tracks(stored.request),
        waits_for=job.after_job_id if _is_waiting(job) else None,
        waits_for_status=job.after_status.value if job.after_status and _is_waiting(job) else None,
        resumes_at=None if job.not_before_s is None else _moment(job.not_before_s),
        publications=list(publications),
        created_at=_moment(job.created_s),
        started_at=None if job.started_s is None else _moment(job.started_s),
        finished_at=None if job.finished_s is None else _moment(job.finished_s),
    )


def _is_waiting(job: Job) -> bool:
    """Whether the job waits for another job to succeed."""
    unfinished = job.after_status not in (None, JobStatus.SUCCEEDED)
    return job.status is JobStatus.QUEUED and unfinished


def artifact_view(file: WrittenFile) -> ArtifactView:
    """The API's view of a job's file."""
    media_type = file.media_type or "application/octet-stream"
    return ArtifactView(name=file.name, media_type=media_type, size=file.size, sha256=file.sha256)


def _cost_s(job: QueuedJob, queue: QueueRecord) -> float | None:
    """Seconds of work left; None until a job of this kind has been measured."""
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
    """The step that runs, or that failed."""
    shown = (StepState.RUNNING, StepState.FAILED)
    return next((step.name for step in steps if step.state in shown), None)


def _step_view(step: StepRecord) -> StepView:
    return StepView(
        name=step.name, state=step.state.value, progress=step.progress, seconds=step.seconds
    )


def _problem(failure: Failure | OtherVersion | None) -> Problem | None:
    return Problem.model_validate(failure, from_attributes=True) if failure else None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
