"""A job's mark changes with everything that its owner sees change."""

from __future__ import annotations

import pytest

from backend.app.jobs.queue import ExpectedStep
from backend.app.store.jobs.expired import delete_ended_before
from backend.app.store.jobs.marks import Mark, active_of, marks_of
from tests.jobs.rows import LEASE_S, Rows

from .plans import plan_of, statements


def test_mark_changes_with_each_write_that_shows(rows: Rows):
    job_id = rows.job()
    marks: list[Mark] = []

    def note() -> None:
        [(found, mark)] = marks_of(rows.database, [job_id, "another"]).items()
        assert found == job_id
        marks.append(mark)

    note()  # queued
    queue, claim = rows.queue, rows.claim()
    steps = [ExpectedStep("knit", 1.0, False), ExpectedStep("wash", 1.0, False)]
    for write in (
        lambda: queue.planned(claim, steps),
        lambda: queue.step_started(claim, "knit"),
        lambda: queue.progressed(claim, "knit", 0.5),
        lambda: queue.progressed(claim, "knit", 0.5, "row 5"),
        lambda: queue.noted(claim, "Short wool."),
        lambda: queue.retitled(claim, "Pullover"),
        lambda: queue.step_finished(claim, "knit", [], 1.0),
        lambda: queue.paused(claim, 1.0, "Later."),
        rows.claim,
        lambda: rows.jobs.cancel("ann", job_id),
        lambda: rows.queue.expire_leases("me") or rows.queue.claim("heir", LEASE_S),
    ):
        write()
        note()
    assert len(set(marks)) == len(marks)


def test_mark_stays_without_a_change(rows: Rows):
    job_id = rows.job()
    claim = rows.claim()
    before = marks_of(rows.database, [job_id])
    rows.queue.beat(claim, LEASE_S)
    assert marks_of(rows.database, [job_id]) == before
    assert marks_of(rows.database, []) == {}


@pytest.mark.parametrize("rows", ["sqlite"], indirect=True)  # PostgreSQL decides by its counts
def test_feeds_and_expiry_read_no_jobs_that_ended_long_ago(rows: Rows):
    rows.job()
    rows.queue.succeeded(rows.claim())
    waiting = rows.job()
    with statements(with_parameters=True) as asked:
        assert active_of(rows.database, ["ann"])["ann"][waiting]
        delete_ended_before(rows.database, 3600.0)
    feed, expiry = (one for one in asked if one[0].startswith(("SELECT", "DELETE")))
    for statement in (feed, expiry):
        plan = plan_of(rows, *statement)
        assert "ix_jobs_ended" in plan
        assert "ix_jobs_turns" not in plan
        assert "ix_jobs_list" not in plan
