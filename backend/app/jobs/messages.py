"""Messages between supervisor and child: an order in, lines of JSON out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from .states import Failure, FinishedStep
from .workspace import WrittenFile

USUAL_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a child needs to continue a job without a database.

    ``pipeline`` names the function that builds the job kind's pipeline, as ``module:function``.
    ``finished`` lists the steps that earlier attempts finished, with their files. ``niceness`` is
    added to that of the launcher's process.
    """

    job_id: str
    pipeline: str
    inputs: str
    work_s: float
    workspace: str
    attempt: int
    finished: list[FinishedStep]
    niceness: int = USUAL_NICENESS


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
    """A part of a step that any worker may take; ``cost_s`` is its expected time on one core."""

    key: str
    cost_s: float


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
    """A step has finished; ``files`` are all files that it wrote."""

    step: str
    files: list[WrittenFile]
    seconds: float
    event: Literal["step_finished"] = "step_finished"


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


Message = (
    Planned | StepStarted | Progressed | Noted | Retitled | StepFinished | Failed | Paused | Done
)

#: An order is encoded for the child's standard input, a message as one line.
ORDER: TypeAdapter[Order] = TypeAdapter(Order)
MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Discriminator("event")])
