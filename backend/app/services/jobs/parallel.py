"""Run a task for many items in parallel, as part of a job's step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ...jobs.pipeline import JobT, StepContext
from ...render.progress_pool import ProgressPool

ItemT = TypeVar("ItemT")


def run_parallel(
    ctx: StepContext[JobT],
    workers: int,
    items: Sequence[tuple[ItemT, int]],
    task: Callable[[ItemT, Callable[[int], None]], object],
    noun: str,
) -> None:
    """Run ``task(item, count)`` for every item; if one fails, stop all.

    ``items`` pairs each item with the number of samples that its task will count. ``noun`` names an
    item in the step's detail ("track 2 of 5").
    """
    with ProgressPool(workers, ctx.progress) as pool:
        pool.plan(sum(n_samples for _, n_samples in items))
        running = [pool.submit(task, item, pool.add) for item, _ in items]
        for number, future in enumerate(running, start=1):
            ctx.say(f"{noun} {number} of {len(running)}")
            future.result()
