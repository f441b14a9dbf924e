"""What a job is, which states it may pass through, and the name of every edge between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .workspace import WrittenFile


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """Where one part of a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Edge(StrEnum):
    """Every way a job may change its status; a change that has no name here does not happen."""

    CLAIM = "claim"  # a supervisor takes the next job
    RECLAIM = "reclaim"  # a lease ran out: its owner is gone, somebody else takes over
    RELEASE = "release"  # an orderly stop hands the job back
    PAUSE = "pause"  # a step can go on, but only later
    CRASH = "crash"  # the attempt died; the job gets another one
    GIVE_UP = "give_up"  # the attempts died too often
    FAIL = "fail"  # a step said why it cannot go on
    FINISH = "finish"
    CANCEL_WAITING = "cancel_waiting"
    CANCEL_RUNNING = "cancel_running"
    RETRY = "retry"  # its owner asks for it again; finished steps are kept


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

# An attempt that dies without having finished a step counts; at the third the job is given up.
MAX_CRASHES = 3


def sources(edge: Edge) -> frozenset[JobStatus]:
    """The statuses that ``edge`` may start from."""
    return GRAPH[edge][0]


def target(edge: Edge) -> JobStatus:
    """The status that ``edge`` leads to."""
    return GRAPH[edge][1]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt ended, in words that are safe to show."""

    code: str
    message: str
    hint: str = ""
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One part of a job, as its row says.

    ``cost_s`` is the time it is expected to take, fixed when the attempt starts: it shares out the
    progress bar. ``seconds`` is the time it took, once it has ended.
    """

    name: str
    state: StepState
    progress: float
    cost_s: float
    seconds: float | None = None
    running_s: float | None = None


@dataclass(frozen=True, slots=True)
class FinishedStep:
    """A step that is through, and every file that it wrote."""

    name: str
    files: tuple[WrittenFile, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One launch of a pipeline, as its row says. Times are seconds since 1970 in UTC.

    ``request`` is what the user asked for, as JSON; ``work_s`` the seconds of input audio.
    ``attempt`` counts claims, ``crashes`` the attempts in a row that died without finishing a step
    (-1: the present one has finished one already). ``detail`` says what the running step is at, or
    why a waiting job is not tried before ``not_before_s``. ``after_job_id`` is the job that has to
    succeed first, and ``after_status`` how that one stands (None: there is none, or no more).
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
