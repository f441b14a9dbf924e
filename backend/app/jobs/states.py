"""Job and step records, their states, and the allowed state changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .workspace import WrittenFile


class JobStatus(StrEnum):
    """State of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """State of one step."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Edge(StrEnum):
    """The allowed changes of a job's status."""

    CLAIM = "claim"  # a supervisor takes the next job
    RECLAIM = "reclaim"  # the lease ran out; another supervisor takes over
    RELEASE = "release"  # an orderly stop requeues the job
    PAUSE = "pause"  # a step must wait before it can continue
    CRASH = "crash"  # the attempt's process died; the job goes back to the queue
    GIVE_UP = "give_up"  # too many attempts' processes died
    FAIL = "fail"  # a step reported an error
    FINISH = "finish"
    CANCEL_WAITING = "cancel_waiting"
    CANCEL_RUNNING = "cancel_running"
    RETRY = "retry"  # the user retries the job; finished steps are kept


GRAPH: dict[Edge, tuple[frozenset[JobStatus], JobStatus]] = {
    Edge.CLAIM: (frozenset({JobStatus.QUEUED}), JobStatus.RUNNING),
    Edge.RECLAIM: (frozenset({JobStatus.RUNNING}), JobStatus.RUNNING),
    Edge.RELEASE: (frozenset({JobStatus.RUNNING}), JobStatus.QUEUED),
    Edge.PAUSE: (frozenset({JobStatus.RUNNING}), JobStatus.QUEUED),
    Edge.CRASH: (frozenset({JobStatus.RUNNING}), JobStatus.QUEUED),
    Edge.GIVE_UP: (frozenset({JobStatus.RUNNING}), JobStatus.FAILED),
    Edge.FAIL: (frozenset({JobStatus.RUNNING}), JobStatus.FAILED),
    Edge.FINISH: (frozenset({JobStatus.RUNNING}), JobStatus.SUCCEEDED),
    Edge.CANCEL_WAITING: (frozenset({JobStatus.QUEUED}), JobStatus.CANCELLED),
    Edge.CANCEL_RUNNING: (frozenset({JobStatus.RUNNING}), JobStatus.CANCELLED),
    Edge.RETRY: (frozenset({JobStatus.FAILED, JobStatus.CANCELLED}), JobStatus.QUEUED),
}

TERMINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})
PENDING = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})

# Number of attempts in a row whose process died without finishing a step, after which the job
# fails.
MAX_CRASHES = 3


def sources(edge: Edge) -> frozenset[JobStatus]:
    """Statuses from which ``edge`` may start."""
    return GRAPH[edge][0]


def target(edge: Edge) -> JobStatus:
    """Status to which ``edge`` leads."""
    return GRAPH[edge][1]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt ended; the texts may be shown to users."""

    code: str
    message: str
    hint: str = ""
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step's row.

    ``cost_s`` is the expected time, fixed when the attempt starts; it divides the progress bar.
    ``seconds`` is the time taken, once the step has ended.
    """

    name: str
    state: StepState
    progress: float
    cost_s: float
    seconds: float | None = None
    running_s: float | None = None


@dataclass(frozen=True, slots=True)
class FinishedStep:
    """A finished step and every file that it wrote."""

    name: str
    files: tuple[WrittenFile, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A job's row. Times are seconds since 1970 in UTC.

    ``request`` is the user's request as JSON, ``work_s`` the seconds of input audio. ``attempt``
    counts claims, ``crashes`` the attempts in a row whose process died without finishing a step
    (-1: the present one has finished a step). ``detail`` describes the running step's work, or why
    a waiting job starts no earlier than ``not_before_s``. ``after_job_id`` is the job that must
    succeed first, ``after_status`` its status (None: no such job, or it was deleted).
    """

    id: str
    user_id: str
    kind: str
    title: str
    request: str
    work_s: float
    status: JobStatus
    attempt: int
    crashes: int
    cancel_requested: bool
    failure: Failure | None
    notes: tuple[str, ...]
    detail: str | None
    queued_s: float
    created_s: float
    started_s: float | None
    finished_s: float | None
    after_job_id: str | None = None
    after_status: JobStatus | None = None
    not_before_s: float | None = None
