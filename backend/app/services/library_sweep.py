"""What leaves the library by itself: uploads past their time, files that no row speaks of, and
stems that nobody has wanted for long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..errors import Conflict, NotFound
from ..store.blobs import ContentStore
from ..store.library import LibraryStore
from .library import Library

# A file without a row was left by a crash, or is the shell's: its mixes write no rows, and none
# of them takes a day.
_ORPHAN_AGE_S = 24 * 3600.0
# Whoever writes writes on all the time; a killed process left this.
_HALF_MADE_S = 3600.0
# Four stems take some five times the room of their song, and a song is rarely taken up again after
# a week; what has gone is made again where it is wanted.
_UNREAD_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class LibrarySweep:
    """Uploads older than ``retention_hours`` go, if no job needs them; 0 keeps them all.

    ``pending_inputs`` tells what the jobs that have not ended work with, each as JSON.
    """

    library: Library
    rows: LibraryStore
    content: ContentStore
    pending_inputs: Callable[[], list[str]]
    retention_hours: float

    def sweep(self) -> None:
        """Delete what is past its time, files that neither a row nor a job speaks of, what was
        derived from tracks and not wanted for a week, and what was left half made."""
        if self.retention_hours > 0:
            self._delete_old(datetime.now(UTC) - timedelta(hours=self.retention_hours))
        needed = self.pending_inputs()
        for content in self.content.contents_older_than(_ORPHAN_AGE_S):
            if not any(content in inputs for inputs in needed):
                self.rows.remove_if_unused(content, self.content.remove)
        for name in self.content.images_older_than(_ORPHAN_AGE_S):
            if not self.rows.has_picture(name) and not any(name in inputs for inputs in needed):
                self.content.remove_image(name)
        for content in self.content.unread_for(_UNREAD_S):
            if not any(content in inputs for inputs in needed):
                self.content.remove_unread(content, _UNREAD_S)
        self.content.remove_half_made(_HALF_MADE_S)

    def _delete_old(self, moment: datetime) -> None:
        for user_id, upload_id in self.rows.uploaded_before(moment):
            try:
                self.library.delete(user_id, upload_id)
            except (Conflict, NotFound):  # a job needs it, or its owner was faster
                continue
