"""What the daily sweep of the object store deletes, and what it keeps."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from backend.app.services.library.object_sweep import ObjectSweep
from backend.app.store.files.blobs import ContentStore
from backend.app.store.files.objects.cache import ObjectCache
from backend.app.store.files.objects.folder import FolderObjects
from backend.app.store.files.workspaces import Workspaces

DAY_S = 24 * 3600.0
USED, PENDING, ORPHAN, NEW = (digit * 64 for digit in "abcd")
KNOWN_JOB, LOST_JOB = "1" * 32, "2" * 32


class Rows:
    """What the database names: one track, one picture, one job."""

    def remove_if_unused(self, content_hash: str, remove: Callable[[str], None]) -> None:
        if content_hash != USED:
            remove(content_hash)

    def has_picture(self, name: str) -> bool:
        return name == "used.png"

    def known(self, ids: Sequence[str]) -> set[str]:
        return {KNOWN_JOB} & set(ids)


class Shelf:
    """An object store in a folder, and the sweep of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "objects"
        self.cache = ObjectCache(folder / "storage", FolderObjects(self.folder))
        self.store = ContentStore(folder / "storage", self.cache)

    def put(self, key: str, age_s: float) -> None:
        file = self.cache.root / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(key)
        self.cache.send(file)
        then = time.time() - age_s
        os.utime(self.folder / key, (then, then))

    def sweep(self) -> set[str]:
        """Sweep; return the keys that are left."""
        workspaces = Workspaces(self.cache.root / "jobs", self.cache)
        pending = [f'{{"tracks": ["{PENDING}"], "image": "pending.png"}}']
        ObjectSweep(self.cache, Rows(), Rows(), self.store, workspaces, lambda: pending).run()
        return {info.key for folder in KINDS for info in self.cache.listed(folder)}


KINDS = ("content", "derived", "images", "jobs")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def content(name: str) -> str:
    return f"content/{name[:2]}/{name}.flac"


def derived(name: str, file: str) -> str:
    return f"derived/{name[:2]}/{name}/{file}"


def test_only_old_objects_that_nothing_names_are_deleted(shelf: Shelf) -> None:
    kept = {
        content(USED),
        content(PENDING),
        content(NEW),
        derived(USED, "analysis-v1.json"),
        "images/used.png",
        "images/pending.png",
        f"jobs/{KNOWN_JOB}/mix.mp3",
    }
    gone = {
        content(ORPHAN),
        derived(ORPHAN, "analysis-v1.json"),
        "images/orphan.png",
        f"jobs/{LOST_JOB}/mix.mp3",
    }
    for key in kept | gone:
        shelf.put(key, 0.5 * DAY_S if key == content(NEW) else 2.0 * DAY_S)
    assert shelf.sweep() == kept
    assert all((shelf.cache.root / key).exists() for key in kept)
    assert not any((shelf.cache.root / key).exists() for key in gone)


def test_content_with_a_new_derived_file_is_kept(shelf: Shelf) -> None:
    keys = {content(ORPHAN), derived(ORPHAN, "analysis-v1.json")}
    shelf.put(content(ORPHAN), 9.0 * DAY_S)
    shelf.put(derived(ORPHAN, "analysis-v1.json"), 0.1 * DAY_S)
    assert shelf.sweep() == keys


def test_new_files_of_jobs_without_row_are_kept(shelf: Shelf) -> None:
    shelf.put(f"jobs/{LOST_JOB}/mix.mp3", 0.5 * DAY_S)
    assert shelf.sweep() == {f"jobs/{LOST_JOB}/mix.mp3"}


def test_stems_unused_for_a_week_are_deleted_unless_a_job_needs_them(shelf: Shelf) -> None:
    light = derived(USED, "analysis-v1.json")
    needed, fresh = derived(PENDING, "stem-a.flac"), derived(USED, "stem-b.flac")
    shelf.put(derived(USED, "stem-a.flac"), 8.0 * DAY_S)
    for key in (light, needed):
        shelf.put(key, 8.0 * DAY_S)
    shelf.put(fresh, 6.0 * DAY_S)
    assert shelf.sweep() == {light, needed, fresh}
