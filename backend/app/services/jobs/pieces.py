"""Describe a step's tasks: one piece of work each, with its cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...jobs.messages import Task
from ...jobs.pipeline import TaskList

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a step's work.

    ``key`` names it in all processes. ``run`` does it, unless its result exists already, and
    returns the files that it wrote into the workspace: none if the result is in the content store.
    ``is_done`` says that the result exists, ``lane`` whether it needs a GPU.
    """

    key: str
    cost_s: float
    run: Callable[[Progress], Sequence[Path]]
    is_done: bool = False
    lane: Literal["gpu"] | None = None


def tasks_of(pieces: Sequence[Piece], at_once: int) -> TaskList:
    """List the pieces that are left as tasks, of which ``at_once`` run at the same time."""
    by_key = {piece.key: piece for piece in pieces}
    left = [
        Task(piece.key, piece.cost_s, piece.lane) for piece in by_key.values() if not piece.is_done
    ]
    return TaskList(left, lambda key, progress: by_key[key].run(progress), at_once)


def counting(progress: Progress, n_samples: int) -> Callable[[int], None]:
    """Return a function that counts samples, as a share of ``n_samples``."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(min(1.0, done / max(n_samples, 1)))

    return count
