"""Find and delete stored files that no row names, after a crash or an interrupted deletion."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from ...store.files.blobs import ContentStore
from ...store.files.objects.cache import ObjectCache
from ...store.files.workspaces import Workspaces
from ...store.jobs.job_store import JobStore
from ...store.library import LibraryStore

# A running job, upload or shell mix writes more often. Uploads and mixes in the shell have files
# before they have rows, or none.
ORPHAN_AGE_S = 24 * 3600.0
_HASH, _JOB_ID = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
# Rows are looked up for so many jobs at a time.
_JOBS_AT_ONCE = 500

OrphanKind = Literal["content", "picture", "job", "arriving"]


@dataclass(frozen=True, slots=True)
class Orphan:
    """Files that belong together and to no row; their copies on this machine count, too."""

    kind: OrphanKind
    name: str
    n_files: int = 0
    n_bytes: int = 0
    newest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Orphans:
    """The files in ``root`` and, if there is one, the object store that nothing names.

    ``pending_inputs`` returns the inputs of all jobs that have not ended, ``locks`` the names of
    the locks that are held on all machines.
    """

    root: Path
    objects: ObjectCache | None
    rows: LibraryStore
    jobs: JobStore
    store: ContentStore
    workspaces: Workspaces
    pending_inputs: Callable[[], list[str]]
    locks: Callable[[], Collection[str]]

    def find(self) -> list[Orphan]:
        """List orphans whose newest file is a day old; change nothing."""
        before = time.time() - ORPHAN_AGE_S
        old = [one for one in self._groups().values() if one.newest_s < before]
        gone = self._without_row([one.name for one in old if one.kind == "job"])
        in_use = [*self.pending_inputs(), *self.locks()]
        return sorted(
            (one for one in old if self._is_orphan(one, gone, in_use)),
            key=lambda one: (one.kind, one.name),
        )

    def delete(self, orphan: Orphan) -> bool:
        """Delete an orphan unless it has been named since; return whether it is gone."""
        gone = self._without_row([orphan.name] if orphan.kind == "job" else [])
        in_use = [*self.pending_inputs(), *self.locks()]
        if not self._is_orphan(orphan, gone, in_use):
            return False
        match orphan.kind:
            case "content":
                removed: list[str] = []
                self.rows.remove_if_unused(orphan.name, lambda name: self._remove(name, removed))
                return bool(removed)
            case "picture":
                self.store.remove_image(orphan.name)
            case "job":
                self.workspaces.remove(orphan.name)
            case "arriving":
                (self.root / "incoming" / orphan.name).unlink(missing_ok=True)
        return True

    def _remove(self, content_hash: str, removed: list[str]) -> None:
        self.store.remove(content_hash)
        removed.append(content_hash)

    def _is_orphan(self, one: Orphan, gone: Collection[str], in_use: Collection[str]) -> bool:
        match one.kind:
            case "content":
                has_row = self.rows.has_content(one.name)
            case "picture":
                has_row = self.rows.has_picture(one.name)
            case "job":
                has_row = one.name not in gone
            case "arriving":
                has_row = False
        return not has_row and not any(one.name in text for text in in_use)

    def _without_row(self, job_ids: list[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(job_ids), _JOBS_AT_ONCE):
            some = job_ids[start : start + _JOBS_AT_ONCE]
            found |= set(some) - self.jobs.known(some)
        return found

    def _groups(self) -> Mapping[tuple[OrphanKind, str], Orphan]:
        groups: dict[tuple[OrphanKind, str], Orphan] = {}
        for key, n_bytes, modified_s in self._files():
            group = _group_of(key)
            if group is not None:
                one = groups.get(group, Orphan(*group))
                newest_s = max(one.newest_s, modified_s)
                groups[group] = Orphan(*group, one.n_files + 1, one.n_bytes + n_bytes, newest_s)
        return groups

    def _files(self) -> Iterator[tuple[str, int, float]]:
        """All files and objects: key, size in bytes, time of writing."""
        for folder in ("content", "derived", "images", "jobs", "incoming"):
            for file in (self.root / folder).rglob("*"):
                try:
                    found = file.lstat()
                except FileNotFoundError:  # deleted meanwhile
                    continue
                if not file.is_dir():
                    key = file.relative_to(self.root).as_posix()
                    yield key, found.st_size, found.st_mtime
        for folder in ("content", "derived", "images", "jobs") if self.objects else ():
            assert self.objects is not None
            for info in self.objects.listed(folder):
                yield info.key, info.size, info.modified_s


def _group_of(key: str) -> tuple[OrphanKind, str] | None:
    """What a file such as ``derived/ab/HASH/loudness.npz`` belongs to; None for others'."""
    folder, *rest = PurePosixPath(key).parts
    match folder, rest:
        case (("content" | "derived"), [_, name, *_]):
            content_hash = name.partition(".")[0]
            return ("content", content_hash) if _HASH.fullmatch(content_hash) else None
        case "images", [name]:
            return "picture", name
        case "jobs", [job_id, _, *_] if _JOB_ID.fullmatch(job_id):
            return "job", job_id
        case "incoming", [name]:
            return "arriving", name
    return None
