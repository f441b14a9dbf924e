"""Jobs of a simulation: what their steps cost, and when they arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from backend.app.jobs.tasks.run_tasks import LEAST_COST_S

#: Steps that are split into tasks; the others run in one piece.
SPLIT = ("analysing", "stretching", "mixing", "checking", "filming")


@dataclass(frozen=True)
class Step:
    """The seconds of each task of a step on one core; a step in one piece has one."""

    name: str
    tasks_s: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """Seconds of all tasks, one after the other."""
        return sum(self.tasks_s)

    def times(self, factor: float) -> Step:
        """The step with tasks that take ``factor`` times as long."""
        return Step(self.name, tuple(factor * seconds for seconds in self.tasks_s))

    @property
    def is_split(self) -> bool:
        """Whether other workers may take tasks of it."""
        return len(self.tasks_s) > 1 and self.seconds >= LEAST_COST_S


@dataclass(frozen=True)
class Arrival:
    """A job of a user, queued at a time."""

    at_s: float
    user: str
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        """Seconds of all steps on one core."""
        return sum(step.seconds for step in self.steps)


def mixtape(
    step_s: Mapping[str, float], n_tracks: int, minutes: float, known: float = 0.0
) -> tuple[Step, ...]:
    """Split the seconds of a mixtape's steps into tasks as Segue does.

    ``known`` is the share of the tracks that were analysed before.
    """
    n_tasks = {
        "analysing": n_tracks,
        "stretching": max(1, n_tracks - 1),
        "mixing": max(1, round(minutes)),
        "filming": n_tracks,
    }
    steps = []
    for name, seconds in step_s.items():
        spent = seconds * (1.0 - known) if name == "analysing" else seconds
        parts = n_tasks.get(name, 1) if name in SPLIT else 1
        steps.append(Step(name, (spent / parts,) * parts))
    return tuple(steps)


def poisson(rate_per_hour: float, duration_s: float, random: Random) -> Iterator[float]:
    """Yield times of arrivals that do not depend on each other."""
    at_s = random.expovariate(rate_per_hour / 3600.0)
    while at_s < duration_s:
        yield at_s
        at_s += random.expovariate(rate_per_hour / 3600.0)


def mixtapes(
    seconds_per_minute: Mapping[str, float],
    rate_per_hour: float,
    duration_s: float,
    random: Random,
    known: float,
) -> list[Arrival]:
    """Draw mixtapes of 6 to 60 tracks (median 16) of about four minutes, of many users."""
    arrivals = []
    for at_s in poisson(rate_per_hour, duration_s, random):
        n_tracks = round(min(60.0, max(6.0, random.lognormvariate(2.77, 0.5))))
        minutes = sum(random.uniform(3.0, 5.0) for _ in range(n_tracks))
        step_s = {name: minutes * spent for name, spent in seconds_per_minute.items()}
        # A fifth of the users order most mixtapes.
        user = f"user {int(rate_per_hour * random.random() ** 3)}"
        arrivals.append(Arrival(at_s, user, mixtape(step_s, n_tracks, minutes, known)))
    return arrivals
