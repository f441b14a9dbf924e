"""A job's mark changes with everything that its owner sees change."""

from __future__ import annotations

from backend.app.jobs.queue import ExpectedStep
from backend.app.store.jobs.marks import Mark, marks_of
from tests.jobs.rows import LEASE_S, Rows


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
