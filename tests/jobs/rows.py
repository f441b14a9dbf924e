"""A test database with users and jobs."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from backend.app.jobs.queue import WORK, Claim
from backend.app.store.accounts.accounts import UserRow
from backend.app.store.database import Database, open_database
from backend.app.store.jobs.job_store import JobStore, NewJob
from backend.app.store.jobs.queue import SqlJobQueue
from backend.app.store.jobs.records import JobRecord
from backend.app.store.jobs.tables import JOBS
from tests.patience import wait_until

LEASE_S = 30.0
NO_QUOTA = 10_000
ASKED = '{"kind": "analysis", "tracks_upload_id": "u"}'
_CLOCK_TICK_S = 0.002  # SQLite's clock counts milliseconds; later events need a later time


class Rows:
    """Queue and job store over one database, with shortcuts to fill it."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.url = url or f"sqlite:///{folder / 'segue.db'}"
        self.database: Database = open_database(self.url)
        self.queue = SqlJobQueue(self.database)
        self.jobs = JobStore(self.database)

    def user(self, name: str = "ann") -> str:
        with self.database.write() as session:
            session.add(
                UserRow(
                    id=name,
                    email=f"{name}@example.org",
                    password_hash="-",
                    is_admin=False,
                    created_at=datetime.now(UTC),
                )
            )
        return name

    def set(self, job_id: str, **values: object) -> None:
        """Change a job's row, for example to end its lease."""
        with self.database.write() as session:
            session.connection().execute(update(JOBS).where(JOBS.c.id == job_id).values(**values))

    def job(
        self,
        user: str = "ann",
        *,
        kind: str = "test",
        inputs: str = "{}",
        work_s: float = 1.0,
        lane: str = WORK,
        after: str | None = None,
    ) -> str:
        job_id = secrets.token_hex(8)
        new = NewJob(job_id, user, kind, f"job {job_id}", ASKED, inputs, work_s, lane, after)
        assert self.jobs.add(new, quota=NO_QUOTA)
        time.sleep(_CLOCK_TICK_S)
        return job_id

    def record(self, job_id: str, user: str = "ann") -> JobRecord:
        record = self.jobs.find(user, job_id)
        assert record is not None
        return record

    def wait(self, job_id: str, until: Callable[[JobRecord], bool]) -> JobRecord:
        """Wait for the job to reach a state; return its record."""
        found: list[JobRecord] = []

        def is_so() -> bool:
            found[:] = [self.record(job_id)]
            return until(found[0])

        wait_until(is_so, what=f"for {job_id}")
        return found[0]

    def claim(self, owner: str = "me", lease_s: float = LEASE_S) -> Claim:
        claim = self.queue.claim(owner, lease_s)
        assert claim is not None
        time.sleep(_CLOCK_TICK_S)
        return claim
