"""Measure what each step of a job costs."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

from backend.app.jobs.messages import Failed, Message, Noted, StepFinished, StepStarted


@dataclass(frozen=True)
class Spent:
    """Wall-clock and CPU seconds."""

    wall_s: float
    cpu_s: float


def spent_so_far() -> Spent:
    """Read the clock, and the CPU time of this process and its ended children."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Spent(time.monotonic(), sum(one.ru_utime + one.ru_stime for one in usages))


def watched(steps: dict[str, Spent]) -> Callable[[Message], None]:
    """Return a receiver of a job's messages that adds each step's cost to ``steps``.

    Steps that run at the same time are one entry: their CPU times can't be told apart.
    """
    running: set[str] = set()
    group: list[str] = []
    began = [spent_so_far()]

    def take(message: Message) -> None:
        if isinstance(message, StepStarted):
            if not running:
                began[0] = spent_so_far()
                group.clear()
            running.add(message.step)
            group.append(message.step)
        elif isinstance(message, StepFinished):
            running.remove(message.step)
            if not running:
                now = spent_so_far()
                spent = Spent(now.wall_s - began[0].wall_s, now.cpu_s - began[0].cpu_s)
                steps[" + ".join(group)] = spent
        elif isinstance(message, Noted):
            print(f"  note: {message.text}")
        elif isinstance(message, Failed):
            raise SystemExit(message.failure.message)

    return take


def cost_of_step(steps: dict[str, Spent], step: str) -> Spent:
    """Return the cost of one step, or of ``all`` together."""
    if step != "all":
        return steps[step]
    return Spent(sum(s.wall_s for s in steps.values()), sum(s.cpu_s for s in steps.values()))
