"""Jobs that wait for more than their turn: for another job, for a moment; and lanes."""

from __future__ import annotations

import time

import pytest

from backend.app.jobs.queue import NET, WORK
from backend.app.jobs.states import Failure, JobStatus
from backend.app.services.job_views import QueueState, job_view
from tests.jobs.rows import LEASE_S, Rows

OOPS = Failure("oops", "Oops.")


def nothing_to_claim(rows: Rows) -> bool:
    return rows.queue.claim("me", LEASE_S) is None


def test_a_job_is_not_handed_out_before_the_one_it_waits_for_has_succeeded(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    claim = rows.claim()
    assert claim.job_id == source
    assert nothing_to_claim(rows)
    rows.queue.succeeded(claim)
    assert rows.claim().job_id == waiting


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
def test_it_goes_on_waiting_for_one_that_came_to_nothing_until_that_is_retried(
    rows: Rows, ended: str
):
    source = rows.job()
    waiting = rows.job(after=source)
    claim = rows.claim()
    if ended == "failed":
        rows.queue.failed(claim, OOPS)
    else:
        rows.queue.cancelled(claim)
    assert nothing_to_claim(rows)
    assert rows.jobs.retry("ann", source, quota=99)
    rows.queue.succeeded(rows.claim())
    assert rows.claim().job_id == waiting


@pytest.mark.parametrize("gone_by", ["its owner", "the sweep"])
def test_a_job_that_came_to_nothing_holds_nobody_up_once_it_is_gone(rows: Rows, gone_by: str):
    source = rows.job()
    waiting = rows.job(after=source)
    rows.queue.failed(rows.claim(), OOPS)
    assert nothing_to_claim(rows)
    if gone_by == "its owner":
        assert rows.jobs.delete("ann", source)
    else:
        assert rows.jobs.delete_ended_before(-1.0) == [source]
    assert rows.claim().job_id == waiting, "it is tried, and says that there is nothing left"


def test_a_job_says_how_the_one_it_waits_for_stands(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    claim = rows.claim()
    seen = [rows.record(waiting).job.after_status]
    rows.queue.failed(claim, OOPS)
    seen.append(rows.record(waiting).job.after_status)
    assert seen == [JobStatus.RUNNING, JobStatus.FAILED]
    view = job_view(rows.record(waiting), None)
    assert (view.waits_for, view.waits_for_status) == (source, "failed")


def test_what_waits_for_its_turn_only_names_no_other_job(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    rows.queue.succeeded(rows.claim())
    view = job_view(rows.record(waiting), None)
    assert (view.waits_for, view.waits_for_status) == (None, None)


def test_what_another_job_waits_for_is_neither_deleted_nor_swept(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    rows.queue.succeeded(rows.claim())
    assert not rows.jobs.delete("ann", source)
    assert rows.jobs.delete_ended_before(-1.0) == []
    rows.jobs.cancel("ann", waiting)
    assert rows.jobs.delete("ann", source)


def test_a_paused_job_is_not_tried_before_its_moment(rows: Rows):
    job_id = rows.job()
    until_s = time.time() + 3.0
    rows.queue.paused(rows.claim(), until_s, "No more today.")
    assert nothing_to_claim(rows)
    paused = rows.record(job_id).job
    assert (paused.status, paused.detail) == (JobStatus.QUEUED, "No more today.")
    time.sleep(max(0.0, until_s - time.time()) + 0.05)
    assert rows.claim().attempt == 2
    assert rows.record(job_id).job.not_before_s is None


def test_a_pause_counts_as_no_crash(rows: Rows):
    rows.job()
    for _ in range(5):
        rows.queue.paused(rows.claim(), time.time() - 1.0, "Later.")
    assert rows.claim().attempt == 6


def test_a_paused_job_can_be_cancelled_and_a_retry_does_not_wait(rows: Rows):
    job_id = rows.job()
    rows.queue.paused(rows.claim(), time.time() + 3600.0, "Tomorrow.")
    rows.jobs.cancel("ann", job_id)
    assert rows.record(job_id).job.status is JobStatus.CANCELLED
    assert rows.jobs.retry("ann", job_id, quota=99)
    assert rows.claim().job_id == job_id


def test_a_lane_serves_its_own_jobs_only(rows: Rows):
    upload = rows.job(lane=NET)
    assert nothing_to_claim(rows)
    mix = rows.job()
    assert rows.claim().job_id == mix
    claim = rows.queue.claim("me", LEASE_S, NET)
    assert claim is not None
    assert claim.job_id == upload


def test_an_upload_that_runs_costs_its_owner_no_turn_at_the_mixes(rows: Rows):
    rows.user("bob")
    rows.job("ann", lane=NET)
    assert rows.queue.claim("me", LEASE_S, NET) is not None
    first, second = rows.job("ann"), rows.job("bob")
    assert [rows.claim().job_id, rows.claim().job_id] == [first, second]


def test_only_a_job_that_waits_for_its_turn_has_a_place_in_the_queue(rows: Rows):
    source, paused = rows.job(), rows.job()
    rows.job(after=source)
    upload, last = rows.job(lane=NET), rows.job()
    running = rows.claim()
    rows.queue.paused(rows.claim(), time.time() + 3600.0, "Tomorrow.")
    state = QueueState.of(rows.jobs.queue(), {WORK: 1, NET: 2})
    assert running.job_id == source
    assert paused not in state.positions
    assert state.positions == {last: 1, upload: 1}


def test_a_job_says_what_it_waits_for_and_from_when_it_is_tried_again(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    until_s = time.time() + 3600.0
    rows.queue.paused(rows.claim(), until_s, "Tomorrow.")
    assert rows.record(source).job.not_before_s == pytest.approx(until_s)
    assert rows.record(waiting).job.after_job_id == source
