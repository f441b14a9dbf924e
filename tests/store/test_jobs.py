"""Jobs as their owners deal with them, on rows of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from backend.app.errors import Conflict, NotFound
from backend.app.jobs.states import JobStatus
from tests.jobs.rows import NO_QUOTA, Rows


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    rows = Rows(tmp_path)
    rows.user()
    yield rows
    rows.database.close()


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of any database meanwhile."""
    asked: list[str] = []

    def listen(_conn, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def test_polling_reads_no_large_column_of_the_queue(rows: Rows):
    rows.job()
    rows.job()
    rows.claim()
    with statements() as asked:
        queue = rows.jobs.queue()
    assert (len(queue.waiting), len(queue.running)) == (1, 1)
    assert not [text for text in asked if "jobs.inputs" in text or "jobs.request" in text]


def test_showing_jobs_reads_no_inputs(rows: Rows):
    rows.job()
    with statements() as asked:
        assert len(rows.jobs.newest("ann", 10)) == 1
    assert not [text for text in asked if "jobs.inputs" in text]


def test_a_job_that_has_not_ended_is_no_matter_of_quota(rows: Rows):
    """Whoever is over quota too hears first of what waiting would not change."""
    job_id = rows.job()
    for quota in (1, NO_QUOTA):
        with pytest.raises(Conflict):
            rows.jobs.retry("ann", job_id, quota=quota)
    assert rows.record(job_id).job.status is JobStatus.QUEUED


def test_a_retry_over_quota_changes_nothing(rows: Rows):
    job_id = rows.job()
    rows.jobs.cancel("ann", job_id)
    rows.job()
    assert not rows.jobs.retry("ann", job_id, quota=1)
    assert rows.record(job_id).job.status is JobStatus.CANCELLED
    assert rows.jobs.retry("ann", job_id, quota=2)
    assert rows.record(job_id).job.status is JobStatus.QUEUED


def test_a_strangers_job_cannot_be_retried(rows: Rows):
    job_id = rows.job()
    rows.jobs.cancel("ann", job_id)
    with pytest.raises(NotFound):
        rows.jobs.retry("bob", job_id, quota=NO_QUOTA)
