"""An edit of a video and a retry of its publish job exclude each other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Barrier

import pytest
import sqlalchemy as sa

from backend.app.errors import Conflict
from backend.app.jobs.queue import NET
from backend.app.jobs.states import JobStatus
from backend.app.store.accounts.accounts import UserRow
from backend.app.store.database import Database
from backend.app.store.jobs.job_store import JobStore, NewJob
from backend.app.store.jobs.tables import JOBS
from backend.app.store.publications.edits import VideoEditStore, require_no_edit
from backend.app.store.publications.tables import PublicationRow

ROUNDS = 10
CHECK = partial(require_no_edit, job_id="p")


@pytest.fixture
def store(either_database: Database) -> Iterator[JobStore]:
    """A failed publish job ``p`` with a video."""
    either_database.change(sa.delete(UserRow))
    now = datetime.now(UTC)
    either_database.add(
        UserRow(id="ann", email="a@b.cd", password_hash="-", is_admin=False, created_at=now)
    )
    jobs = JobStore(either_database)
    assert jobs.add(NewJob("p", "ann", "publish", "", "{}", "{}", 1.0, NET), quota=1)
    either_database.add(
        PublicationRow(
            job_id="p",
            user_id="ann",
            source_job_id="m",
            marker="segue-1",
            title="A mix",
            privacy="private",
            again=False,
            video_id="v",
            created_at=now,
        )
    )
    fail(jobs)
    yield jobs
    either_database.change(sa.delete(JOBS), sa.delete(PublicationRow), sa.delete(UserRow))


def fail(jobs: JobStore) -> None:
    jobs.database.change(sa.update(JOBS).values(status=JobStatus.FAILED))


def retry(jobs: JobStore) -> bool:
    return jobs.retry("ann", "p", quota=1, check=CHECK)


def test_job_is_not_retried_during_an_edit(store: JobStore):
    with VideoEditStore(store.database).editing("ann", "p"):
        with pytest.raises(Conflict, match="being changed"):
            retry(store)
        assert store.database.first(sa.select(JOBS.c.status)) == JobStatus.FAILED
    assert retry(store)


def test_edit_begins_neither_during_the_job_nor_another_edit(store: JobStore):
    edits = VideoEditStore(store.database)
    second = edits.editing("ann", "p")
    with edits.editing("ann", "p"), pytest.raises(Conflict, match="being changed"):
        second.__enter__()
    assert retry(store)
    with pytest.raises(Conflict, match="not finished"):
        edits.editing("ann", "p").__enter__()


def test_edit_that_fails_leaves_the_job_free(store: JobStore):
    with pytest.raises(ZeroDivisionError), VideoEditStore(store.database).editing("ann", "p"):
        1 / 0  # noqa: B018
    assert retry(store)


def test_killed_edit_ends_after_its_limit_and_ends_no_later_one(store: JobStore):
    edits = VideoEditStore(store.database)
    killed = edits.editing("ann", "p", limit_s=0.005)
    killed.__enter__()
    time.sleep(0.01)
    with edits.editing("ann", "p"):
        killed.__exit__(None, None, None)
        with pytest.raises(Conflict):
            retry(store)
    assert retry(store)


def test_only_one_of_an_edit_and_a_retry_at_once_begins(store: JobStore):
    edits = VideoEditStore(store.database)
    for _ in range(ROUNDS):
        ready, done = Barrier(2), Barrier(2)

        def edit(ready: Barrier = ready, done: Barrier = done) -> bool:
            ready.wait()
            try:
                with edits.editing("ann", "p"):
                    done.wait()
                    return True
            except Conflict:
                done.wait()
                return False

        def again(ready: Barrier = ready, done: Barrier = done) -> bool:
            ready.wait()
            try:
                return retry(store)
            except Conflict:
                return False
            finally:
                done.wait()

        with ThreadPoolExecutor(2) as pool:
            began = [one.result() for one in (pool.submit(edit), pool.submit(again))]
        assert sorted(began) == [False, True]
        fail(store)
