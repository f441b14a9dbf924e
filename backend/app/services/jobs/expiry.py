"""Delete ended jobs after their retention time, and folders without a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from ...store.files.workspaces import Workspaces
from ...store.jobs.downloads import Downloads
from ...store.jobs.expired import delete_ended_before
from ...store.jobs.job_store import JobStore

# A folder without a row belongs to a job that is being deleted, which takes far less than an hour.
_ORPHAN_AGE_S = 3600.0
# Time after the last read of downloaded files, for a second download and for players.
_AFTER_DOWNLOAD_S = 300.0


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many hours what has ended is kept; 0 keeps it for good.

    ``by_kind`` has the hours of job kinds, and of uploads as :data:`UPLOADS`; all others are kept
    for ``hours``.
    """

    hours: float
    by_kind: Mapping[str, float] = field(default_factory=dict)

    def of(self, kind: str) -> float:
        """The hours of a job kind, or of uploads."""
        return self.by_kind.get(kind, self.hours)


UPLOADS = "uploads"
"""Name of uploads among the kinds of :class:`Retention`."""


@dataclass(frozen=True, slots=True)
class JobExpiry:
    """Deletes rows and files of jobs whose retention time is over.

    With ``downloads``, also of jobs whose sound and film have been downloaded.
    """

    store: JobStore
    workspaces: Workspaces
    retention: Retention
    downloads: Downloads | None = None

    def delete_expired(self) -> None:
        """Delete jobs that ended longer ago than the hours of their kind, or are downloaded."""
        special = tuple(kind for kind in self.retention.by_kind if kind != UPLOADS)
        self._delete(self.retention.hours, but=special)
        for kind in special:
            self._delete(self.retention.of(kind), kinds=(kind,))
        if self.downloads is not None:
            self._remove_all(partial(self.downloads.delete_downloaded, _AFTER_DOWNLOAD_S))

    def sweep(self) -> None:
        """Delete expired jobs, and folders without a job."""
        self.delete_expired()
        folders = self.workspaces.older_than(_ORPHAN_AGE_S)
        for job_id in folders - self.store.known(sorted(folders)):
            self.workspaces.remove(job_id)

    def _delete(self, hours: float, kinds: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> None:
        if hours > 0:
            age_s = 3600.0 * hours
            self._remove_all(partial(delete_ended_before, self.store.database, age_s, kinds, but))

    def _remove_all(self, delete_some: Callable[[], Sequence[str]]) -> None:
        """Remove the folders of jobs whose rows ``delete_some`` deletes, until it deletes none."""
        while deleted := delete_some():
            for job_id in deleted:
                self.workspaces.remove(job_id)
