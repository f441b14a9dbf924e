"""Job store: listing, retry and quota."""

from __future__ import annotations

import time
from functools import partial

import pytest

from backend.app.errors import Conflict, NotFound
from backend.app.jobs.queue import ClaimState, ExpectedStep
from backend.app.jobs.states import Failure, JobStatus, StepState
from backend.app.jobs.workspace import WrittenFile
from backend.app.store.jobs import quota
from backend.app.store.jobs.expired import delete_ended_before
from backend.app.store.jobs.job_store import JobFilter, NewJob
from backend.app.store.jobs.records import JobRecord
from tests.jobs.rows import ASKED, NO_QUOTA, Rows

from .plans import plan_of, statements


def test_polling_reads_no_large_columns(rows: Rows):
    rows.job()
    rows.job()
    rows.claim()
    with statements() as asked:
        queue = rows.jobs.queue()
    assert (len(queue.waiting), len(queue.running)) == (1, 1)
    assert not [text for text in asked if "jobs.inputs" in text or "jobs.request" in text]


def test_listing_jobs_reads_no_inputs(rows: Rows):
    rows.job()
    with statements() as asked:
        assert len(rows.jobs.page("ann", JobFilter(), 10)) == 1
    assert not [text for text in asked if "jobs.inputs" in text]


def test_retrying_unfinished_job_is_rejected_before_quota(rows: Rows):
    """The error that waiting does not resolve comes first."""
    job_id = rows.job()
    for limit in (1, NO_QUOTA):
        with pytest.raises(Conflict):
            rows.jobs.retry("ann", job_id, quota=limit)
    assert rows.record(job_id).job.status is JobStatus.QUEUED


def test_retry_over_quota_changes_nothing(rows: Rows):
    job_id = rows.job()
    rows.jobs.cancel("ann", job_id)
    rows.job()
    assert not rows.jobs.retry("ann", job_id, quota=1)
    assert rows.record(job_id).job.status is JobStatus.CANCELLED
    assert rows.jobs.retry("ann", job_id, quota=2)
    assert rows.record(job_id).job.status is JobStatus.QUEUED


def test_another_users_job_cannot_be_retried(rows: Rows):
    job_id = rows.job()
    rows.jobs.cancel("ann", job_id)
    with pytest.raises(NotFound):
        rows.jobs.retry("bob", job_id, quota=NO_QUOTA)


def test_jobs_queued_together_fit_the_quota_together(rows: Rows):
    mix, upload = (NewJob(name, "ann", "test", name, ASKED, "{}", 1.0) for name in ("m", "u"))
    assert not rows.jobs.add(mix, upload, quota=1)
    assert rows.jobs.page("ann", JobFilter(), 10) == []
    assert rows.jobs.add(mix, upload, quota=2)


def paused(rows: Rows, n_jobs: int, until_s: float) -> None:
    for _ in range(n_jobs):
        rows.set(rows.job(), not_before_s=until_s)


def test_paused_jobs_leave_the_quota_free(rows: Rows):
    stopped = rows.job()
    rows.jobs.cancel("ann", stopped)
    paused(rows, 3, time.time() + 3600.0)
    first, second = (NewJob(name, "ann", "test", name, ASKED, "{}", 1.0) for name in "ab")
    assert rows.jobs.add(first, quota=1)
    assert not rows.jobs.add(second, quota=1)
    assert not rows.jobs.retry("ann", stopped, quota=1)
    rows.jobs.cancel("ann", "a")
    assert rows.jobs.retry("ann", stopped, quota=1)


def test_job_whose_pause_is_over_counts_again(rows: Rows):
    paused(rows, 1, time.time() - 60.0)
    assert not rows.jobs.add(NewJob("a", "ann", "test", "a", ASKED, "{}", 1.0), quota=1)


def test_paused_jobs_have_a_limit_of_their_own(rows: Rows, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(quota, "MOST_WITH_PAUSED", 4)
    stopped = rows.job()
    rows.jobs.cancel("ann", stopped)
    paused(rows, 3, time.time() + 3600.0)
    assert rows.jobs.add(NewJob("a", "ann", "test", "a", ASKED, "{}", 1.0), quota=3)
    assert not rows.jobs.add(NewJob("b", "ann", "test", "b", ASKED, "{}", 1.0), quota=3)
    assert not rows.jobs.retry("ann", stopped, quota=3)


def test_retried_job_starts_anew_but_keeps_finished_steps(rows: Rows):
    job_id, claim = rows.job(), rows.claim()
    rows.queue.planned(claim, [ExpectedStep(name, 1.0, kept=False) for name in "ab"])
    rows.queue.step_finished(claim, "a", [], 2.0)
    rows.queue.step_started(claim, "b")
    rows.queue.progressed(claim, "b", 0.5)
    rows.queue.failed(claim, Failure("oops", "It broke."))
    assert rows.jobs.retry("ann", job_id, quota=NO_QUOTA)
    record = rows.record(job_id)
    assert (record.job.failure, record.job.started_s, record.job.finished_s) == (None, None, None)
    steps = [(step.state, step.progress) for step in record.steps]
    assert steps == [(StepState.SUCCEEDED, 1.0), (StepState.WAITING, 0.0)]


def test_retried_job_is_no_longer_to_be_cancelled(rows: Rows):
    job_id, claim = rows.job(), rows.claim()
    rows.jobs.cancel("ann", job_id)
    rows.queue.cancelled(claim)
    assert rows.jobs.retry("ann", job_id, quota=NO_QUOTA)
    assert rows.queue.claim_state(rows.claim()) is ClaimState.OURS


def test_age_of_a_job_counts_from_its_end(rows: Rows):
    job_id = rows.job()
    rows.queue.succeeded(rows.claim())
    rows.set(job_id, created_s=0.0)
    assert delete_ended_before(rows.jobs.database, 60.0) == []
    rows.set(job_id, finished_s=0.0)
    assert delete_ended_before(rows.jobs.database, 60.0) == [job_id]


def test_artifacts_are_the_owners_files_with_a_media_type(rows: Rows):
    job_id, claim = rows.job(), rows.claim()
    files = [WrittenFile("mix.mp3", "audio/mpeg", 3, "00"), WrittenFile("plan.bin", None, 3, "00")]
    rows.queue.planned(claim, [ExpectedStep("a", 1.0, kept=False)])
    rows.queue.step_finished(claim, "a", files, 1.0)
    assert rows.jobs.artifact(job_id, "mix.mp3", "ann") == files[0]
    assert rows.jobs.artifact(job_id, "mix.mp3", "bob") is None
    assert rows.jobs.artifact(job_id, "plan.bin", "ann") is None
    assert rows.jobs.artifact(job_id, "mix.mp3") == files[0]  # for the holder of a signed link


def test_artifacts_of_finished_steps_are_shown_while_the_job_runs(rows: Rows):
    job_id, claim = rows.job(), rows.claim()
    mix = WrittenFile("mix.mp3", "audio/mpeg", 3, "00")
    rows.queue.planned(claim, [ExpectedStep(name, 1.0, kept=False) for name in "ab"])
    rows.queue.step_finished(claim, "a", [mix], 1.0)
    rows.queue.step_started(claim, "b")
    record = rows.record(job_id)
    assert record.job.status is JobStatus.RUNNING
    assert record.artifacts == (mix,)
    assert rows.jobs.artifact(job_id, "mix.mp3") == mix


def test_replaced_file_belongs_to_the_later_step(rows: Rows):
    job_id, claim = rows.job(), rows.claim()
    first, other, second = (
        WrittenFile(name, "audio/mpeg", 3, sha256)
        for name, sha256 in (("mix.mp3", "00"), ("mix.wav", "01"), ("mix.mp3", "02"))
    )
    rows.queue.planned(claim, [ExpectedStep(name, 1.0, kept=False) for name in "abc"])
    rows.queue.step_finished(claim, "a", [first, other], 1.0)
    rows.queue.step_finished(claim, "b", [second], 1.0)
    assert rows.record(job_id).artifacts == (second, other)
    rows.queue.released(claim)
    finished = {step.name: step.files for step in rows.claim().finished}
    assert finished == {"a": (other,), "b": (second,)}


def ids(found: list[JobRecord]) -> list[str]:
    return [record.job.id for record in found]


def test_jobs_are_listed_newest_first(rows: Rows):
    jobs = [rows.job() for _ in range(3)]
    assert ids(rows.jobs.page("ann", JobFilter(), 2)) == [jobs[2], jobs[1]]


def test_next_page_starts_after_the_last_job_even_of_the_same_time(rows: Rows):
    jobs = sorted(rows.job() for _ in range(5))
    for job_id in jobs:
        rows.set(job_id, created_s=1000.0)
    pages, before = list[str](), None
    while page := rows.jobs.page("ann", JobFilter(before=before), 2):
        pages += ids(page)
        before = page[-1].job.id
    assert pages == jobs[::-1]


def test_jobs_are_listed_by_kind_and_status(rows: Rows):
    mix, preview = rows.job(kind="mixtape"), rows.job(kind="preview")
    rows.user("bob")
    rows.job("bob", kind="mixtape")
    rows.jobs.cancel("ann", mix)
    page = partial(rows.jobs.page, "ann", limit=9)
    assert ids(page(wanted=JobFilter(kinds=("mixtape", "stems")))) == [mix]
    assert ids(page(wanted=JobFilter(kinds_left_out=("mixtape",)))) == [preview]
    assert ids(page(wanted=JobFilter(statuses=("queued", "running")))) == [preview]
    assert ids(page(wanted=JobFilter(("preview",), (), ("cancelled",)))) == []


@pytest.mark.parametrize("before", ["nothing", "theirs"])
def test_page_before_an_unknown_job_is_not_found(rows: Rows, before: str):
    rows.user("bob")
    theirs = rows.job("bob")
    with pytest.raises(NotFound):
        rows.jobs.page("ann", JobFilter(before={"theirs": theirs}.get(before, before)), 9)


@pytest.mark.parametrize("rows", ["sqlite"], indirect=True)
def test_page_reads_few_rows_of_many_jobs(rows: Rows):
    """At most three statements; the first skips rows before the page by the index."""
    for kind in ("mixtape", "preview", "preview"):
        rows.job(kind=kind)
    last = rows.job(kind="mixtape")
    wanted = JobFilter(kinds_left_out=("preview",), statuses=("queued",), before=last)
    with statements(with_parameters=True) as asked:
        assert len(rows.jobs.page("ann", wanted, 20)) == 1
    place, page, steps = (one for one in asked if one[0].startswith("SELECT"))
    plan = plan_of(rows, *page)
    assert "USING INDEX ix_jobs_list" in plan
    assert "TEMP B-TREE" not in plan, "the index has the order"
    assert "sqlite_autoindex" in plan_of(rows, *place)
    assert "sqlite_autoindex" in plan_of(rows, *steps)


@pytest.mark.parametrize("rows", ["sqlite"], indirect=True)
def test_turns_are_read_from_an_index_alone(rows: Rows):
    rows.job()
    with statements(with_parameters=True) as asked:
        rows.jobs.queue()
    [served] = [one for one in asked if "max(jobs.claimed_s)" in one[0]]
    assert "USING COVERING INDEX ix_jobs_turns" in plan_of(rows, *served)


def test_another_users_job_cannot_be_cancelled(rows: Rows):
    job_id = rows.job()
    rows.jobs.cancel("bob", job_id)
    assert rows.record(job_id).job.status is JobStatus.QUEUED
