"""Messages between supervisor and child: an order in, lines of JSON out, and answers to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from .cache_uses import CacheUse
from .states import Failure, FinishedStep
from .workspace import WrittenFile

USUAL_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a child needs to continue a job without a database.

    ``pipeline`` names the function that builds the job kind's pipeline, as ``module:function``.
    ``finished`` lists the steps that earlier attempts finished, with their files. ``niceness`` is
    added to that of the launcher's process. With ``shares``, steps may split into tasks. With a
    ``step``, the child only helps another worker's job with the tasks of that step.
    """

    job_id: str
    pipeline: str
    inputs: str
    work_s: float
    workspace: str
    attempt: int
    finished: list[FinishedStep]
    niceness: int = USUAL_NICENESS
    shares: bool = False
    step: str = ""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step that the job will run or, if ``kept``, has already finished.

    Neighbours with the same ``together`` run at the same time. ``share`` is the job's cost relative
    to a plain job's.
    """

    name: str
    weight: float
    kept: bool
    pace: str = ""
    together: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """A part of a step that any worker may take; ``cost_s`` is its expected time on one core.

    While a worker of the ``lane`` is alive, it is left to such workers; None for the job's lane.
    """

    key: str
    cost_s: float
    lane: Literal["gpu"] | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """The job's steps in order, sent once the child has read its inputs."""

    steps: list[PlannedStep]
    event: Literal["planned"] = "planned"


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step has started and must end within ``limit_s`` seconds."""

    step: str
    limit_s: float
    event: Literal["step_started"] = "step_started"


@dataclass(frozen=True, slots=True)
class Progressed:
    """The running step's progress (0 to 1), and optionally a text about its work."""

    step: str
    fraction: float
    detail: str | None = None
    event: Literal["progressed"] = "progressed"


@dataclass(frozen=True, slots=True)
class Noted:
    """A sentence for the user, shown on the job."""

    text: str
    event: Literal["noted"] = "noted"


@dataclass(frozen=True, slots=True)
class Retitled:
    """The job's title, sent once a step has decided what the result is."""

    title: str
    event: Literal["retitled"] = "retitled"


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step has finished; ``files`` are all files that it wrote.

    ``caches`` counts what this child found in caches or made since its last such message.
    """

    step: str
    files: list[WrittenFile]
    seconds: float
    caches: list[CacheUse] = field(default_factory=list)
    event: Literal["step_finished"] = "step_finished"


@dataclass(frozen=True, slots=True)
class TasksPlanned:
    """A step splits into these tasks."""

    step: str
    tasks: list[Task]
    event: Literal["tasks_planned"] = "tasks_planned"


@dataclass(frozen=True, slots=True)
class TaskWanted:
    """A thread of the child waits for a task of the step, until the supervisor answers."""

    step: str
    event: Literal["task_wanted"] = "task_wanted"


@dataclass(frozen=True, slots=True)
class TaskFinished:
    """A task has finished; ``files`` are those that it wrote into the workspace.

    ``caches`` is that of :class:`StepFinished`.
    """

    step: str
    key: str
    files: list[WrittenFile]
    seconds: float
    caches: list[CacheUse] = field(default_factory=list)
    event: Literal["task_finished"] = "task_finished"


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A task has failed; the reason follows as :class:`Failed`."""

    step: str
    key: str
    event: Literal["task_failed"] = "task_failed"


@dataclass(frozen=True, slots=True)
class Failed:
    """A step cannot continue, for the reason in ``failure``."""

    failure: Failure
    event: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Paused:
    """A step can continue only after ``until_s`` (Unix time); ``why`` is shown to users."""

    until_s: float
    why: str
    event: Literal["paused"] = "paused"


@dataclass(frozen=True, slots=True)
class Done:
    """All steps have finished."""

    event: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class TaskGiven:
    """Answer to :class:`TaskWanted`: run this task.

    ``done`` is the share of the step's tasks, by cost, that is done; ``share`` is this task's.
    """

    step: str
    key: str
    done: float
    share: float
    event: Literal["task_given"] = "task_given"


@dataclass(frozen=True, slots=True)
class TasksOver:
    """Answer to :class:`TaskWanted`: there are no more tasks."""

    step: str
    event: Literal["tasks_over"] = "tasks_over"


Message = (
    Planned
    | StepStarted
    | Progressed
    | Noted
    | Retitled
    | StepFinished
    | TasksPlanned
    | TaskWanted
    | TaskFinished
    | TaskFailed
    | Failed
    | Paused
    | Done
)
Answer = TaskGiven | TasksOver

#: An order is encoded for the child's standard input, a message and an answer as one line each.
ORDER: TypeAdapter[Order] = TypeAdapter(Order)
MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Discriminator("event")])
ANSWER: TypeAdapter[Answer] = TypeAdapter(Annotated[Answer, Discriminator("event")])
