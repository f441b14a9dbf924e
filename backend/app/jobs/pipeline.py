"""Define job kinds: named steps, in order, that share a workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from .messages import PlannedStep, Task
from .workspace import Workspace

JobT = TypeVar("JobT")


def default_limit_s(work_s: float) -> float:
    """Default time limit of a step for ``work_s`` seconds of input audio.

    Four times real time is an order of magnitude above the slowest step on the slowest usable
    machine; the minute covers costs that do not grow with the audio.
    """
    return 60.0 + 4.0 * work_s


@dataclass(frozen=True, slots=True)
class StepContext(Generic[JobT]):
    """What a running step works with: inputs, files and callbacks."""

    job: JobT  # made from the stored inputs by the pipeline's ``open``
    workspace: Workspace  # holds the files of earlier steps, and receives this step's
    progress: Callable[[float], None]  # call it with 0 to 1; may raise, to end the step immediately
    note: Callable[[str], None]  # call it with a sentence for the user, shown on the job
    say: Callable[[str], None] = lambda _: None  # text about the current work ("track 3 of 20")
    # sets the job's title, once the result is decided
    retitle: Callable[[str], None] = lambda _: None
    is_split: bool = False  # the step's tasks are done; the step joins their results
    task_keys: frozenset[str] = frozenset()  # the keys of those tasks

    def part(self, begin: float, end: float) -> StepContext[JobT]:
        """The same context for a part of the step: ``begin`` to ``end`` of its progress."""
        return replace(self, progress=lambda done: self.progress(begin + (end - begin) * done))


@dataclass(frozen=True, slots=True)
class TaskList:
    """The tasks of a step.

    ``left`` are those whose results do not exist yet; ``run`` runs one by its key, also one that is
    not left, and returns the files that it wrote into the workspace. It writes each atomically,
    calls its second argument with 0 to 1, which may raise to end it, and may be called from
    ``at_once`` threads.
    """

    left: Sequence[Task]
    run: Callable[[str, Callable[[float], None]], Sequence[Path]]
    at_once: int


@dataclass(frozen=True, slots=True)
class Step(Generic[JobT]):
    """One part of a job: a function of its inputs and of earlier steps' files.

    Repeated, it must write the same bytes. ``weight`` is the expected cost in seconds per second of
    input audio; it divides the progress bar, and replaces the measured speed until one exists.
    ``share`` is a job's cost relative to that: a request for more formats costs more, one whose
    results are cached less; measured speeds are divided by it. ``when`` decides whether a job needs
    the step. ``pace`` names the condition that changes its speed by an order of magnitude (such as
    the model); speeds are measured for each pace. ``limit_s`` returns the time limit for the given
    seconds of input audio. Neighbours with the same ``together`` run at the same time: none may
    read another's files. ``split`` lists tasks that other workers may take; ``run`` follows them,
    and finds their results where it would have kept its own. It must do without any that is lost.
    """

    name: str
    run: Callable[[StepContext[JobT]], None]
    weight: float = 1.0
    share: Callable[[JobT], float] | None = None
    when: Callable[[JobT], bool] | None = None
    pace: Callable[[JobT], str] | None = None
    limit_s: Callable[[float], float] = default_limit_s
    together: str = ""
    split: Callable[[StepContext[JobT]], TaskList] | None = None

    def planned(self, job: JobT, *, kept: bool) -> PlannedStep:
        """Describe the step in the plan that the child sends."""
        pace = self.pace(job) if self.pace else ""
        share = self.share(job) if self.share and not kept else 1.0
        return PlannedStep(self.name, self.weight, kept, pace, self.together, share)


@dataclass(frozen=True, slots=True)
class Pipeline(Generic[JobT]):
    """A job kind: a parser of its stored inputs, and its steps."""

    open: Callable[[str], JobT]
    steps: tuple[Step[JobT], ...]

    def steps_for(self, job: JobT) -> tuple[Step[JobT], ...]:
        """List the steps that ``job`` needs, in order."""
        return tuple(step for step in self.steps if step.when is None or step.when(job))


def groups_of(steps: Sequence[Step[JobT]]) -> list[list[Step[JobT]]]:
    """Group adjacent steps that run at the same time; most steps are alone."""
    groups: list[list[Step[JobT]]] = []
    for step in steps:
        if groups and step.together and step.together == groups[-1][0].together:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups
