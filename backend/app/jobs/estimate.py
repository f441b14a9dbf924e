"""Estimate progress, remaining time, queue order and waiting time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .states import StepRecord, StepState

# From this progress on, only the step's own speed counts; before, it is averaged with that of
# earlier jobs, so that the estimate does not jump.
_OWN_PACE_FROM = 0.5
# Share of the job's cost that must be done before its speed is compared with earlier jobs.
_USUAL_SHARE = 0.1


def progress_percent(steps: Sequence[StepRecord]) -> float:
    """Progress over all steps, 0 to 100, weighted by expected cost."""
    total = sum(step.cost_s for step in steps)
    if total <= 0:
        return 0.0
    return 100.0 * sum(step.cost_s * _fraction(step) for step in steps) / total


def remaining_s(steps: Iterable[StepRecord]) -> float:
    """Expected seconds until the last step ends; running steps end at the same time.

    Steps to come are expected to be as slow, relative to earlier jobs, as those before them.
    """
    steps = list(steps)
    slowness = _slowness(steps)
    by_state: dict[StepState, list[float]] = {state: [] for state in StepState}
    for step in steps:
        by_state[step.state].append(_remaining_of(step, slowness))
    running = by_state.pop(StepState.RUNNING)
    return max(running, default=0.0) + sum(map(sum, by_state.values()))


def shares_of_groups(groups: Sequence[str], costs_s: Sequence[float]) -> list[float]:
    """Factors that make the costs of a group add up to its longest step's.

    ``groups`` names each step's group; steps without a group keep their cost.

    >>> shares_of_groups(["", "end", "end"], [5.0, 3.0, 1.0])
    [1.0, 0.75, 0.75]
    """
    totals: dict[str, list[float]] = {}
    for group, cost_s in zip(groups, costs_s, strict=True):
        totals.setdefault(group, []).append(cost_s)
    factors = {group: max(some) / sum(some) for group, some in totals.items() if sum(some) > 0}
    return [factors.get(group, 1.0) if group else 1.0 for group in groups]


def paced(step: str, pace: str) -> str:
    """Return the key under which a step's speed is stored; ``pace`` tells speeds apart.

    >>> paced("separating_stems", "draft"), paced("mixing", "")
    ('separating_stems@draft', 'mixing')
    """
    return f"{step}@{pace}" if pace else step


def speed_of_kind(speeds: Mapping[str, float]) -> float:
    """Add up the steps' speeds (seconds per second of audio), each at its slowest pace.

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


def _slowness(steps: Sequence[StepRecord]) -> float:
    """How much longer than expected the steps took so far; 1 if they were faster.

    A fast step had little to do because its results were cached; a slow one shares the machine.
    A running step counts once it has taken longer than expected of the whole step.
    """
    usual_s = _USUAL_SHARE * sum(step.cost_s for step in steps)
    ended = [step for step in steps if step.state is StepState.SUCCEEDED and step.seconds]
    late = [step for step in steps if _is_late(step)]
    cost_s = usual_s + sum(step.cost_s for step in (*ended, *late))
    took_s = usual_s + sum(step.seconds or step.running_s or 0.0 for step in (*ended, *late))
    return max(took_s / cost_s, 1.0) if cost_s > 0 else 1.0


def _is_late(step: StepRecord) -> bool:
    running_s = step.running_s or 0.0
    return step.state is StepState.RUNNING and running_s > step.cost_s


def _remaining_of(step: StepRecord, slowness: float) -> float:
    if step.state is StepState.SUCCEEDED:
        return 0.0
    left = 1.0 - step.progress
    expected_s = slowness * step.cost_s * left
    if step.running_s is None:
        return expected_s
    if not step.progress:
        # Late and silent: as long again as it has taken, which is right within a factor of two.
        return max(expected_s, step.running_s) if _is_late(step) else expected_s
    own = min(step.progress / _OWN_PACE_FROM, 1.0)
    return own * step.running_s * left / step.progress + (1.0 - own) * expected_s


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in the queue; ``cost_s`` is None while its kind's speed is unknown."""

    job_id: str
    user_id: str
    queued_s: float
    cost_s: float | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A user's running jobs and last turn, which decide the queue's order."""

    running: int = 0
    served_s: float = 0.0


def queue_order(waiting: Iterable[Waiting], turns: dict[str, Turn]) -> list[Waiting]:
    """Sort waiting jobs so that users take turns.

    A user's k-th waiting job is in round ``running + k``; within a round, the user served longest
    ago comes first.
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
    """Estimate the seconds until a slot is free for a job in the queue.

    ``ahead`` and ``running`` jobs come first. Work is assumed to divide evenly over the slots; None
    if a cost is unknown.
    """
    costs = [*running, *ahead]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        return None
    return sum(known) / slots if len(costs) >= slots else 0.0
