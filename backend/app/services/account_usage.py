"""How much of their quotas users have used."""

from __future__ import annotations

from dataclasses import dataclass

from ..contract.accounts import UsageView
from ..store.database import Database
from ..store.files.blobs import ContentStore
from ..store.holdings import holdings_of
from ..store.jobs.quota import jobs_in_use
from .jobs.jobs import JOBS_PER_ACCOUNT


@dataclass(frozen=True, slots=True)
class AccountUsage:
    """Reads what a user has: files in the library, files of jobs, jobs that have not ended."""

    database: Database
    store: ContentStore
    max_library_bytes: int

    def view(self, user_id: str) -> UsageView:
        """Read it now; may raise what ``Database`` raises."""
        with self.database.read() as session:
            holdings = holdings_of(session, user_id)
            pending, job_bytes = jobs_in_use(session.connection(), user_id)
        return UsageView(
            jobs=pending,
            max_jobs=JOBS_PER_ACCOUNT,
            library_bytes=self.store.size(holdings.contents, holdings.pictures),
            max_library_bytes=self.max_library_bytes,
            job_bytes=job_bytes,
        )
