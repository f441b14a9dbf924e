"""What a job kind looks like: named steps, in order, each reading and writing one workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from .messages import PlannedStep
from .workspace import Workspace

JobT = TypeVar("JobT")


def default_limit_s(work_s: float) -> float:
    """How long anything may take for ``work_s`` seconds of input audio.

    Four times real time is an order of magnitude above the slowest step on the slowest machine
    that is of any use; the minute covers what does not grow with the audio.
    """
    return 60.0 + 4.0 * work_s


def _to_nobody(_: str) -> None:
    """For steps that nobody watches."""


@dataclass(frozen=True, slots=True)
class StepContext(Generic[JobT]):
    """What a running step is given.

    Attributes
    ----------
    job : what the pipeline's ``open`` made of the job's inputs
    workspace : where artifacts of earlier steps are read and this step's are written
    progress : call with 0 to 1; may raise to end the step at once
    note : call with a sentence that the user should read on the job
    say : call with what the step is at now, in a few words ("track 3 of 20")
    """

    job: JobT
    workspace: Workspace
    progress: Callable[[float], None]
    note: Callable[[str], None]
    say: Callable[[str], None] = _to_nobody


@dataclass(frozen=True, slots=True)
class Step(Generic[JobT]):
    """One part of a job: a function of its inputs and of earlier steps' files.

    Run again, it writes the same bytes. ``weight`` is the expected cost in seconds for a second of
    input audio, relative to the other steps: it shares out the progress bar, and stands in for the
    measured speed until there is one. ``when`` says whether this job needs the step at all.
    ``pace`` names what its speed hangs on, where jobs differ in that by an order of magnitude: a
    speed is measured for each. ``limit_s`` turns seconds of input audio into the seconds after
    which the step is ended.
    """

    name: str
    run: Callable[[StepContext[JobT]], None]
    weight: float = 1.0
    when: Callable[[JobT], bool] | None = None
    pace: Callable[[JobT], str] | None = None
    limit_s: Callable[[float], float] = default_limit_s

    def planned(self, job: JobT, *, kept: bool) -> PlannedStep:
        """What there is to tell of the step before it is taken."""
        return PlannedStep(self.name, self.weight, kept, self.pace(job) if self.pace else "")


@dataclass(frozen=True, slots=True)
class Pipeline(Generic[JobT]):
    """A job kind: how to make sense of the inputs kept on its row, and the steps to take."""

    open: Callable[[str], JobT]
    steps: tuple[Step[JobT], ...]

    def steps_for(self, job: JobT) -> tuple[Step[JobT], ...]:
        """The steps that this very job will take, in order."""
        return tuple(step for step in self.steps if step.when is None or step.when(job))
