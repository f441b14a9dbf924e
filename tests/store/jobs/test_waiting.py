"""Jobs that wait for another job or a point in time; lanes."""

from __future__ import annotations

import time

import pytest

from backend.app.jobs.queue import INTERACTIVE, NET, WORK
from backend.app.jobs.states import MAX_CRASHES, Failure, JobStatus
from backend.app.services.jobs.views import QueueState, job_view
from backend.app.store.jobs.expired import delete_ended_before
from tests.jobs.rows import LEASE_S, Rows

OOPS = Failure("oops", "Oops.")


def nothing_to_claim(rows: Rows) -> bool:
    return rows.queue.claim("me", LEASE_S) is None


def test_job_waits_until_its_predecessor_succeeds(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    claim = rows.claim()
    assert claim.job_id == source
    assert nothing_to_claim(rows)
    rows.queue.succeeded(claim)
    assert rows.claim().job_id == waiting


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
def test_job_waits_for_failed_predecessor_until_retry(rows: Rows, ended: str):
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
def test_deleted_predecessor_does_not_block(rows: Rows, gone_by: str):
    source = rows.job()
    waiting = rows.job(after=source)
    rows.queue.failed(rows.claim(), OOPS)
    assert nothing_to_claim(rows)
    if gone_by == "its owner":
        assert rows.jobs.delete("ann", source)
    else:
        assert delete_ended_before(rows.jobs.database, -1.0) == [source]
    assert rows.claim().job_id == waiting, "it is tried, and says that there is nothing left"


def test_job_shows_status_of_predecessor(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    claim = rows.claim()
    seen = [rows.record(waiting).job.after_status]
    rows.queue.failed(claim, OOPS)
    seen.append(rows.record(waiting).job.after_status)
    assert seen == [JobStatus.RUNNING, JobStatus.FAILED]
    view = job_view(rows.record(waiting), None)
    assert (view.waits_for, view.waits_for_status) == (source, "failed")


def test_job_without_predecessor_names_none(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    rows.queue.succeeded(rows.claim())
    view = job_view(rows.record(waiting), None)
    assert (view.waits_for, view.waits_for_status) == (None, None)


def test_predecessor_is_neither_deleted_nor_cleaned_up(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    rows.queue.succeeded(rows.claim())
    assert not rows.jobs.delete("ann", source)
    assert delete_ended_before(rows.jobs.database, -1.0) == []
    rows.jobs.cancel("ann", waiting)
    assert rows.jobs.delete("ann", source)


def test_paused_job_is_not_claimed_early(rows: Rows):
    job_id = rows.job()
    rows.queue.paused(rows.claim(), time.time() + 3600.0, "No more today.")
    assert nothing_to_claim(rows)
    paused = rows.record(job_id).job
    assert (paused.status, paused.detail) == (JobStatus.QUEUED, "No more today.")
    rows.set(job_id, not_before_s=time.time() - 1.0)
    assert rows.claim().attempt == 2
    assert rows.record(job_id).job.not_before_s is None


def test_paused_job_can_start_now(rows: Rows):
    job_id, other = rows.job(), rows.job()
    rows.queue.paused(rows.claim(), time.time() + 3600.0, "No more today.")
    assert not rows.jobs.wait_no_longer("bob", job_id)
    assert not rows.jobs.wait_no_longer("ann", other)
    assert rows.jobs.wait_no_longer("ann", job_id)
    assert not rows.jobs.wait_no_longer("ann", job_id), "pressed twice"
    started = rows.record(job_id).job
    assert (started.not_before_s, started.detail) == (None, None)
    assert rows.claim().job_id == job_id


def test_pause_is_not_counted_as_crash(rows: Rows):
    rows.job()
    for _ in range(5):
        rows.queue.paused(rows.claim(), time.time() - 1.0, "Later.")
    assert rows.claim().attempt == 6


def test_crashes_before_a_pause_no_longer_count(rows: Rows):
    job_id = rows.job()
    for _ in range(MAX_CRASHES - 1):
        rows.queue.crashed(rows.claim(), OOPS)
    rows.queue.paused(rows.claim(), time.time() - 1.0, "Later.")
    rows.queue.crashed(rows.claim(), OOPS)
    assert rows.record(job_id).job.status is JobStatus.QUEUED


def test_paused_job_can_be_cancelled_and_retried(rows: Rows):
    job_id = rows.job()
    rows.queue.paused(rows.claim(), time.time() + 3600.0, "Tomorrow.")
    rows.jobs.cancel("ann", job_id)
    assert rows.record(job_id).job.status is JobStatus.CANCELLED
    assert rows.jobs.retry("ann", job_id, quota=99)
    assert rows.claim().job_id == job_id


def test_lane_serves_only_its_jobs(rows: Rows):
    upload = rows.job(lane=NET)
    assert nothing_to_claim(rows)
    mix = rows.job()
    assert rows.claim().job_id == mix
    claim = rows.queue.claim("me", LEASE_S, NET)
    assert claim is not None
    assert claim.job_id == upload


def test_running_upload_takes_no_turn_in_work_lane(rows: Rows):
    rows.user("bob")
    rows.job("ann", lane=NET)
    assert rows.queue.claim("me", LEASE_S, NET) is not None
    first, second = rows.job("ann"), rows.job("bob")
    assert [rows.claim().job_id, rows.claim().job_id] == [first, second]


def test_users_take_turns_in_the_interactive_lane(rows: Rows):
    """A long mix in another lane does not delay its user's previews."""
    rows.user("bob")
    rows.job("ann")
    rows.claim()
    first, second = (rows.job("ann", lane=INTERACTIVE) for _ in range(2))
    other = rows.job("bob", lane=INTERACTIVE)
    claims = [rows.queue.claim("me", LEASE_S, INTERACTIVE) for _ in range(3)]
    assert [claim and claim.job_id for claim in claims] == [first, other, second]


def test_preview_queued_by_an_earlier_version_runs_in_the_work_lane(rows: Rows):
    preview = rows.job(kind="preview", lane=WORK)
    assert rows.queue.claim("me", LEASE_S, INTERACTIVE) is None
    assert rows.claim().job_id == preview


def test_only_claimable_jobs_have_queue_position(rows: Rows):
    source, paused = rows.job(), rows.job()
    rows.job(after=source)
    upload, last = rows.job(lane=NET), rows.job()
    running = rows.claim()
    rows.queue.paused(rows.claim(), time.time() + 3600.0, "Tomorrow.")
    state = QueueState.of(rows.jobs.queue(), {WORK: 1, NET: 2})
    assert running.job_id == source
    assert paused not in state.positions
    assert state.positions == {last: 1, upload: 1}


def test_job_shows_what_it_waits_for_and_until_when(rows: Rows):
    source = rows.job()
    waiting = rows.job(after=source)
    until_s = time.time() + 3600.0
    rows.queue.paused(rows.claim(), until_s, "Tomorrow.")
    assert rows.record(source).job.not_before_s == pytest.approx(until_s)
    assert rows.record(waiting).job.after_job_id == source


def test_pause_is_as_long_as_meant_although_the_clock_is_ahead(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, now_s = rows.job(), time.time()
    monkeypatch.setattr(time, "time", lambda: now_s + 3600.0)
    rows.queue.paused(rows.claim(), time.time() + 20.0, "Later.")
    not_before_s = rows.record(job_id).job.not_before_s
    assert not_before_s is not None
    assert not_before_s - now_s == pytest.approx(20.0, abs=5.0)
