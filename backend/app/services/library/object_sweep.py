"""Delete objects that no row names, in the object store of all machines."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ...store.files.blobs import ContentStore, is_heavy
from ...store.files.objects.cache import ObjectCache
from ...store.files.objects.port import ObjectInfo
from ...store.files.workspaces import Workspaces
from ...store.jobs.job_store import JobStore
from ...store.library import LibraryStore

# As for files on this disk; see `cleanup.py`.
_ORPHAN_AGE_S = 24 * 3600.0
_UNREAD_AGE_S = 7 * 24 * 3600.0
_HASH, _JOB_ID = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
# Rows are looked up for so many jobs at a time.
_JOBS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ObjectSweep:
    """Lists all objects, a thousand a request; so it is done once a day.

    Rows delete what they name. What is left are the objects of crashes and of deletions while the
    store was down. ``pending_inputs`` returns the inputs of all jobs that have not ended.
    """

    objects: ObjectCache
    rows: LibraryStore
    jobs: JobStore
    store: ContentStore
    workspaces: Workspaces
    pending_inputs: Callable[[], list[str]]

    def run(self) -> None:
        """Delete the orphans, and large derived files unused for a week."""
        pending = self.pending_inputs()

        def is_needed(name: str) -> bool:
            return any(name in inputs for inputs in pending)

        for content_hash in self._old_contents():
            if not is_needed(content_hash):
                self.rows.remove_if_unused(content_hash, self.store.remove)
        for info in self._older("images", _ORPHAN_AGE_S):
            name = PurePosixPath(info.key).name
            if not self.rows.has_picture(name) and not is_needed(name):
                self.store.remove_image(name)
        for info in self._older("derived", _UNREAD_AGE_S):
            if is_heavy(info.key) and not is_needed(PurePosixPath(info.key).parts[2]):
                self.objects.remove(self.objects.root / info.key)
        for job_id in self._jobs_without_row():
            self.workspaces.remove(job_id)

    def _old_contents(self) -> set[str]:
        """The hashes of contents and derived folders all of whose objects are old."""
        newest_s: dict[str, float] = {}
        for folder in ("content", "derived"):
            for info in self.objects.listed(folder):
                if name := _hash_in(info.key):
                    newest_s[name] = max(newest_s.get(name, 0.0), info.modified_s)
        before = time.time() - _ORPHAN_AGE_S
        return {name for name, modified_s in newest_s.items() if modified_s < before}

    def _jobs_without_row(self) -> Iterator[str]:
        found = {PurePosixPath(one.key).parts[1] for one in self._older("jobs", _ORPHAN_AGE_S)}
        ids = sorted(filter(_JOB_ID.fullmatch, found))
        for start in range(0, len(ids), _JOBS_AT_ONCE):
            some = ids[start : start + _JOBS_AT_ONCE]
            yield from set(some) - self.jobs.known(some)

    def _older(self, folder: str, age_s: float) -> list[ObjectInfo]:
        before = time.time() - age_s
        return [info for info in self.objects.listed(folder) if info.modified_s < before]


def _hash_in(key: str) -> str | None:
    """The content hash in a key such as ``content/ab/HASH.flac`` or ``derived/ab/HASH/file``."""
    parts = PurePosixPath(key).parts
    name = parts[2].partition(".")[0] if len(parts) > 2 else ""
    return name if _HASH.fullmatch(name) else None
