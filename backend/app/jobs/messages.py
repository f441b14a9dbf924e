"""What supervisor and child say to each other: one order in, one JSON line an event out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from .states import Failure, FinishedStep
from .workspace import WrittenFile


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a child needs to go on with a job; it knows no database.

    ``pipeline`` names the function that builds the job kind's pipeline, as ``module:function``.
    ``finished`` are the steps that earlier attempts finished, and their files.
    """

    job_id: str
    pipeline: str
    inputs: str
    work_s: float
    workspace: str
    attempt: int
    finished: list[FinishedStep]


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step that the job will take, or has taken and need not take again."""

    name: str
    weight: float
    kept: bool
    pace: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """The child has opened the job; these are its steps, in order."""

    steps: list[PlannedStep]
    event: Literal["planned"] = "planned"


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins, and must end within ``limit_s`` seconds."""

    step: str
    limit_s: float
    event: Literal["step_started"] = "step_started"


@dataclass(frozen=True, slots=True)
class Progressed:
    """The running step is at ``fraction`` (0 to 1) of its way, and what it has come to in words."""

    step: str
    fraction: float
    detail: str | None = None
    event: Literal["progressed"] = "progressed"


@dataclass(frozen=True, slots=True)
class Noted:
    """A sentence that the user should read on the job."""

    text: str
    event: Literal["noted"] = "noted"


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step is through; ``files`` are all that it wrote."""

    step: str
    files: list[WrittenFile]
    seconds: float
    event: Literal["step_finished"] = "step_finished"


@dataclass(frozen=True, slots=True)
class Failed:
    """A step cannot go on, and says why."""

    failure: Failure
    event: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Paused:
    """A step can go on, but not before ``until_s``, in seconds since 1970; ``why`` is for users."""

    until_s: float
    why: str
    event: Literal["paused"] = "paused"


@dataclass(frozen=True, slots=True)
class Done:
    """All steps are through."""

    event: Literal["done"] = "done"


Message = Planned | StepStarted | Progressed | Noted | StepFinished | Failed | Paused | Done

_ORDER: TypeAdapter[Order] = TypeAdapter(Order)
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Discriminator("event")])


def order_to_json(order: Order) -> bytes:
    """An order as it goes down the child's standard input."""
    return _ORDER.dump_json(order)


def order_from_json(text: bytes) -> Order:
    """The order that a child has read."""
    return _ORDER.validate_json(text)


def line_of(message: Message) -> bytes:
    """A message as one line."""
    return _MESSAGE.dump_json(message) + b"\n"


def message_of(line: bytes) -> Message:
    """The message that a line carries."""
    return _MESSAGE.validate_json(line)
