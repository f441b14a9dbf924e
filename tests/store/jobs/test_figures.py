"""Figures of the server, read from rows."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from backend.app.jobs.cache_uses import CacheUse
from backend.app.jobs.messages import Task
from backend.app.jobs.queue import INTERACTIVE, WORK, ExpectedStep, LeaseLost
from backend.app.jobs.states import Failure
from backend.app.store.jobs.figures import LaneFigures, read_figures
from backend.app.store.jobs.tables import JOBS
from backend.app.store.jobs.tasks import SqlTaskQueue
from tests.jobs.rows import Rows


def test_lanes_count_ready_jobs_and_the_age_of_the_oldest(rows: Rows):
    first = rows.job()
    rows.job(after=rows.job())
    rows.job(lane=INTERACTIVE)
    earlier = update(JOBS).where(JOBS.c.id == first).values(queued_s=JOBS.c.queued_s - 50.0)
    rows.database.change(earlier)
    interactive, work = read_figures(rows.database).lanes
    assert (interactive.lane, interactive.waiting, interactive.running) == (INTERACTIVE, 1, 0)
    assert (work.lane, work.waiting, work.running) == (WORK, 2, 0)
    assert work.oldest_s == pytest.approx(50.0, abs=20.0)  # and the time since
    rows.claim()
    _, work = read_figures(rows.database).lanes
    assert isinstance(work, LaneFigures)
    assert (work.waiting, work.running) == (1, 1)
    assert work.oldest_s < 50.0


def test_ends_and_steps_are_counted_even_after_the_jobs_deletion(rows: Rows):
    job_id = rows.job(kind="mixtape")
    claim = rows.claim()
    rows.queue.planned(claim, [ExpectedStep("mixing", 1.0, False)])
    for seconds in (0.4, 0.3, 7.0):
        rows.queue.step_finished(claim, "mixing", [], seconds)
    rows.queue.succeeded(claim)
    rows.job(kind="mixtape")
    rows.queue.failed(rows.claim(), Failure("broken", "It broke."))
    rows.jobs.cancel("ann", rows.job(kind="stems"))
    rows.jobs.delete("ann", job_id)
    figures = read_figures(rows.database)
    assert figures.ended == {
        ("mixtape", "succeeded"): 1,
        ("mixtape", "failed"): 1,
        ("stems", "cancelled"): 1,
    }
    [step] = figures.steps
    assert (step.kind, step.step, step.counts) == ("mixtape", "mixing", {0.5: 2, 10.0: 1})
    assert step.seconds == pytest.approx(7.7)


def test_uses_of_caches_by_steps_and_tasks_add_up(rows: Rows):
    rows.job()
    claim, tasks = rows.claim(), SqlTaskQueue(rows.database)
    tasks.planned(claim, "a", [Task("one", 1.0)])
    task = tasks.take(claim.job_id, "a", claim.owner, 30.0, claim.attempt)
    assert task is not None
    stems, objects = CacheUse("stems", 1, 2), CacheUse("objects", 0, 5)
    tasks.finished(task, [], 1.0, [stems, objects])
    with pytest.raises(LeaseLost):
        tasks.finished(task, [], 1.0, [stems])
    rows.queue.step_finished(claim, "a", [], 1.0, caches=[stems])
    rows.queue.succeeded(claim)
    with pytest.raises(LeaseLost):
        rows.queue.step_finished(claim, "a", [], 1.0, caches=[stems])
    assert read_figures(rows.database).caches == {"stems": (2, 4), "objects": (0, 5)}
