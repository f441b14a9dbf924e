"""Publications of a mix that are requested at the same time."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Barrier

import pytest
import sqlalchemy as sa

from backend.app.errors import PublicationPending
from backend.app.jobs.queue import NET
from backend.app.store.accounts.accounts import UserRow
from backend.app.store.database import Database
from backend.app.store.jobs.job_store import JobStore, NewJob
from backend.app.store.jobs.tables import JOBS
from backend.app.store.publications.publications import require_free

AT_ONCE, ROUNDS = 6, 8


@pytest.fixture
def store(either_database: Database) -> JobStore:
    either_database.change(sa.delete(UserRow))
    with either_database.write() as session:
        now = datetime.now(UTC)
        session.add(
            UserRow(id="ann", email="a@b.cd", password_hash="-", is_admin=False, created_at=now)
        )
    return JobStore(either_database)


@pytest.mark.parametrize("again", [False, True])
def test_six_requests_at_once_make_one_job(store: JobStore, again: bool):
    for n in range(ROUNDS):
        mix, ready = f"mix-{n}", Barrier(AT_ONCE)

        def press(mix: str = mix, ready: Barrier = ready) -> str:
            new = NewJob(secrets.token_hex(16), "ann", "publish", "", "{}", "{}", 1.0, NET, mix)
            free = partial(require_free, user_id="ann", source_job_id=mix, again=again)
            ready.wait()
            try:
                assert store.add(new, quota=1000, check=free)
            except PublicationPending as pending:
                return pending.job_id
            return new.id

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = {press.result() for press in [pool.submit(press) for _ in range(AT_ONCE)]}
        queued = store.database.all(sa.select(JOBS.c.id).where(JOBS.c.after_job_id == mix))
        assert answers == set(queued)
        assert len(queued) == 1
    store.database.change(sa.delete(JOBS), sa.delete(UserRow))
