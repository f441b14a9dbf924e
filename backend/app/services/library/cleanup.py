"""Delete expired uploads, unreferenced files, and cached files that are not used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ...errors import Conflict, NotFound
from ...store.files.blobs import ContentStore
from ...store.library import LibraryStore
from .library import Library

# A file without a row remains after a crash, or belongs to a mix made in the shell, which writes no
# rows and takes less than a day.
_ORPHAN_AGE_S = 24 * 3600.0
# A running process writes all the time; an older file was left by a killed process.
_UNFINISHED_AGE_S = 3600.0
# Four stems take about five times the space of their song, and are rarely used after a week. They
# are made again when needed.
_UNREAD_AGE_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class LibrarySweep:
    """Deletes uploads older than ``retention_hours``, unless a job needs them; 0 keeps all.

    ``pending_inputs`` returns the inputs of all jobs that have not ended, each as JSON.
    """

    library: Library
    rows: LibraryStore
    store: ContentStore
    pending_inputs: Callable[[], list[str]]
    retention_hours: float

    def delete_expired(self) -> None:
        """Delete uploads older than ``retention_hours``."""
        if self.retention_hours > 0:
            self._delete_uploads_before(datetime.now(UTC) - timedelta(hours=self.retention_hours))

    def sweep(self) -> None:
        """Delete files that are expired, unreferenced, unused for a week, or unfinished."""
        self.delete_expired()
        pending = self.pending_inputs()

        def is_needed(name: str) -> bool:
            return any(name in inputs for inputs in pending)

        for content_hash in self.store.contents_older_than(_ORPHAN_AGE_S):
            if not is_needed(content_hash):
                self.rows.remove_if_unused(content_hash, self.store.remove)
        for name in self.store.images_older_than(_ORPHAN_AGE_S):
            if not self.rows.has_picture(name) and not is_needed(name):
                self.store.remove_image(name)
        for content_hash in self.store.unread_for(_UNREAD_AGE_S):
            if not is_needed(content_hash):
                self.store.remove_unread(content_hash, _UNREAD_AGE_S)
        self.store.remove_unfinished(_UNFINISHED_AGE_S)

    def _delete_uploads_before(self, moment: datetime) -> None:
        for user_id, upload_id in self.rows.uploaded_before(moment):
            try:
                self.library.delete(user_id, upload_id)
            except (Conflict, NotFound):  # a job needs it, or its owner has deleted it meanwhile
                continue
