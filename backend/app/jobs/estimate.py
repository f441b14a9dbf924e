"""How far a job is and when it will end: pure arithmetic over step records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .states import StepRecord, StepState

# From a tenth of the way the step's own pace is a better guess than the pace of earlier jobs.
_OWN_PACE_FROM = 0.1


def progress_percent(steps: Sequence[StepRecord]) -> float:
    """0 to 100 over all steps, each weighing what it is expected to cost."""
    total = sum(step.cost_s for step in steps)
    if total <= 0:
        return 0.0
    return 100.0 * sum(step.cost_s * _fraction(step) for step in steps) / total


def remaining_s(steps: Iterable[StepRecord]) -> float:
    """Seconds until the last step ends."""
    return sum(_remaining_of(step) for step in steps)


def paced(step: str, pace: str) -> str:
    """The name under which a step's speed at some pace is kept.

    >>> paced("separating_stems", "draft"), paced("mixing", "")
    ('separating_stems@draft', 'mixing')
    """
    return f"{step}@{pace}" if pace else step


def speed_of_kind(speeds: Mapping[str, float]) -> float:
    """Of all steps together, in seconds for a second; at the slowest pace that each was seen at.

    >>> speed_of_kind({"separating_stems@draft": 0.25, "separating_stems@kept": 0.0, "mixing": 0.5})
    0.75
    """
    slowest: dict[str, float] = {}
    for name, speed in speeds.items():
        step = name.partition("@")[0]
        slowest[step] = max(slowest.get(step, 0.0), speed)
    return sum(slowest.values())


def _fraction(step: StepRecord) -> float:
    return 1.0 if step.state is StepState.SUCCEEDED else step.progress


def _remaining_of(step: StepRecord) -> float:
    if step.state is StepState.SUCCEEDED:
        return 0.0
    if step.running_s is not None and step.progress >= _OWN_PACE_FROM:
        return step.running_s * (1.0 - step.progress) / step.progress
    return step.cost_s * (1.0 - step.progress)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in the queue. ``cost_s`` is None while nothing is known of its kind's speed."""

    job_id: str
    user_id: str
    queued_s: float
    cost_s: float | None


@dataclass(frozen=True, slots=True)
class Turn:
    """What decides whose turn it is: jobs that run now, and when the user was last served."""

    running: int = 0
    served_s: float = 0.0


def queue_order(waiting: Iterable[Waiting], turns: dict[str, Turn]) -> list[Waiting]:
    """The waiting jobs in the order in which users take turns.

    A user's k-th waiting job stands in round ``running + k``; in a round, whoever was served
    longest ago comes first.
    """
    by_age = sorted(waiting, key=lambda job: (job.queued_s, job.job_id))
    oldest = {job.user_id: job.queued_s for job in reversed(by_age)}
    rounds: dict[str, int] = {}
    placed = []
    for job in by_age:
        user = job.user_id
        turn = turns.get(user, Turn())
        ahead = rounds.get(user, turn.running)
        rounds[user] = ahead + 1
        placed.append(((ahead, turn.served_s, oldest[user], user), job))
    return [job for _, job in sorted(placed, key=lambda pair: pair[0])]


def wait_s(
    ahead: Iterable[float | None], running: Iterable[float | None], slots: int
) -> float | None:
    """Seconds until a slot is free for the next job, if ``ahead`` and ``running`` go first.

    Taken as if work could be shared out evenly; None where a cost is not known.
    """
    costs = [*running, *ahead]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        return None
    return sum(known) / slots if len(costs) >= slots else 0.0
