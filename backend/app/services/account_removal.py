"""Delete an account with all its data."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..errors import SegueError
from ..store.account_removal import AccountRemovalStore, RemovedAccount
from ..store.files.blobs import ContentStore
from ..store.files.workspaces import Workspaces
from ..store.jobs.job_store import JobStore
from ..store.library import LibraryStore

_log = logging.getLogger(__name__)

# A running job ends within seconds. If it takes longer, the sweep removes the rest later.
WAIT_S = 5.0
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class AccountRemoval:
    """Deletes accounts: closes them immediately, removes them when their jobs have ended.

    ``disconnect`` deletes a user's YouTube connection and revokes its grant at Google, if Google
    answers. After a crash, the account stays closed until :meth:`sweep` removes it.
    """

    rows: AccountRemovalStore
    jobs: JobStore
    library_rows: LibraryStore
    store: ContentStore
    workspaces: Workspaces
    disconnect: Callable[[str], object]

    def close(self, user_id: str) -> None:
        """End all access to the account.

        Raise ``Conflict`` for the only admin among several users.
        """
        self.rows.close(user_id, now=datetime.now(UTC))
        _log.info("an account is closed")

    def remove(self, user_id: str) -> None:
        """Remove a closed account; wait a few seconds for its jobs, then leave it to the sweep."""
        deadline = time.monotonic() + WAIT_S
        while not self._try_to_remove(user_id) and time.monotonic() < deadline:
            time.sleep(_POLL_S)

    def sweep(self) -> None:
        """Remove accounts whose removal was interrupted or waits for a job."""
        for user_id in self.rows.closed():
            self._try_to_remove(user_id)

    def _try_to_remove(self, user_id: str) -> bool:
        """Remove a closed account; return False if it must be tried again."""
        try:
            return self._remove_closed(user_id)
        except (SegueError, OSError):
            _log.exception("a closed account could not be removed yet")
            return False

    def _remove_closed(self, user_id: str) -> bool:
        """Remove a closed account; return False if one of its jobs is still running."""
        for job_id in self.rows.pending_jobs(user_id):
            self.jobs.cancel(user_id, job_id)
        self._disconnect(user_id)
        removed = self.rows.remove(user_id)
        if removed is None:
            return False
        self._remove_files(removed)
        _log.info("a closed account is removed, with %d jobs", len(removed.job_ids))
        return True

    def _disconnect(self, user_id: str) -> None:
        try:
            self.disconnect(user_id)
        except SegueError as e:  # the account is removed, whatever Google answers
            _log.warning("a closed account's YouTube grant could not be revoked: %s", e.code)

    def _remove_files(self, removed: RemovedAccount) -> None:
        """Delete the account's files, unless another account has or uses the same content."""
        for job_id in removed.job_ids:
            self.workspaces.remove(job_id)
        for name in removed.pictures:
            self.store.remove_image(name)
        pending = self.jobs.pending_inputs()
        for content_hash in removed.contents:
            if not any(content_hash in inputs for inputs in pending):
                self.library_rows.remove_if_unused(content_hash, self.store.remove)
