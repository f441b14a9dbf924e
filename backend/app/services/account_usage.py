"""How much of their quotas users have used."""

from __future__ import annotations

from dataclasses import dataclass

from ..contract.accounts import UsageView
from ..store.database import Database
from ..store.files.blobs import ContentStore
from ..store.holdings import holdings_of
from ..store.jobs.quota import jobs_in_use
from ..store.jobs.separated import separated_s
from .jobs.quotas import Quotas


@dataclass(frozen=True, slots=True)
class AccountUsage:
    """Reads what a user has: files in the library, files of jobs, jobs that have not ended."""

    database: Database
    store: ContentStore
    max_library_bytes: int
    quotas: Quotas

    def view(self, user_id: str) -> UsageView:
        """Read it now; may raise what ``Database`` raises."""
        with self.database.read() as session:
            holdings = holdings_of(session, user_id)
            pending, job_bytes = jobs_in_use(session.connection(), user_id)
            separated = separated_s(session, user_id, self.quotas.now().date())
        return UsageView(
            jobs=pending,
            max_jobs=self.quotas.max_jobs,
            library_bytes=self.store.size(holdings.contents, holdings.pictures),
            max_library_bytes=self.max_library_bytes,
            job_bytes=job_bytes,
            separation_s=separated,
            max_separation_s=self.quotas.separation_s_per_day or None,
            separation_resets_at=self.quotas.resets_at(),
        )
