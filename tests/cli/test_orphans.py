"""The operator's command that finds files without rows, in a folder and in an object store."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.cli.shell import main
from backend.app.settings import Settings
from backend.app.store.jobs.job_store import JobStore, NewJob
from backend.app.store.leases import Leases
from backend.app.wiring.stores import Stores, open_stores
from tests.jobs.rows import Rows

DAY_S = 24 * 3600.0
LOST, PENDING, LOCKED, NEW = (digit * 64 for digit in "abcd")
KNOWN_JOB, LOST_JOB = "1" * 32, "2" * 32
OLD = (
    f"content/{LOST[:2]}/{LOST}.flac",
    f"derived/{LOST[:2]}/{LOST}/stem-a.flac",
    "images/lost.png",
    f"jobs/{LOST_JOB}/mix.mp3",
)
KEPT = (
    f"content/{PENDING[:2]}/{PENDING}.flac",
    f"content/{LOCKED[:2]}/{LOCKED}.flac",
    f"content/{NEW[:2]}/{NEW}.flac",
    f"jobs/{KNOWN_JOB}/mix.mp3",
)


@pytest.fixture(params=["folder", "objects"])
def stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Stores]:
    """A server's storage with files of each sort, two days old, and one that is being written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_ROOT", str(tmp_path / "storage"))
    if request.param == "objects":
        monkeypatch.setenv("BLOB_URL", f"file://{tmp_path}/shared")
    else:
        monkeypatch.delenv("BLOB_URL", raising=False)
    opened = open_stores(Settings(_env_file=None))
    rows = Rows(tmp_path / "storage")
    user = rows.user("ann")
    rows.database.close()
    job = NewJob(KNOWN_JOB, user, "mixtape", "Mix", "{}", f'["{PENDING}"]', 1.0)
    JobStore(opened.database).add(job, quota=1)
    for key in (*OLD, *KEPT):
        _put(opened, tmp_path, key, 0.0 if NEW in key else 2.0 * DAY_S)
    arriving = tmp_path / "storage" / "incoming" / "x.part"
    arriving.parent.mkdir(parents=True, exist_ok=True)
    arriving.write_text("1234")
    os.utime(arriving, (0, 0))
    yield opened
    opened.database.close()


def _put(stores: Stores, folder: Path, key: str, age_s: float) -> None:
    file = folder / "storage" / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("12345")
    then = time.time() - age_s
    if stores.objects is not None:
        stores.objects.send(file)
        os.utime(folder / "shared" / key, (then, then))
        file.unlink()  # another machine made it
    else:
        os.utime(file, (then, then))


def _keys(stores: Stores, folder: Path) -> set[str]:
    root = folder / ("storage" if stores.objects is None else "shared")
    return {key for key in (*OLD, *KEPT) if (root / key).exists()}


def test_orphans_are_listed_and_deleted_only_if_asked(
    stores: Stores, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Leases(stores.database).hold(f"{LOCKED} analysis"):
        assert main(["orphans"]) == 0
        listed = capsys.readouterr().out
        assert _keys(stores, tmp_path) == {*OLD, *KEPT}
        assert main(["orphans", "--delete"]) == 0
        deleted = capsys.readouterr().out
    assert f"content   {LOST}  2 files, 10 bytes\n" in listed
    assert not any(name in listed for name in (PENDING, LOCKED, NEW, KNOWN_JOB))
    assert "Found 4 in all: 5 files, 24 bytes.\nNothing was deleted. Add --delete" in listed
    assert "Deleted 1 tracks and sounds: 2 files, 10 bytes.\n" in deleted
    assert "Deleted 4 in all: 5 files, 24 bytes.\n" in deleted
    assert _keys(stores, tmp_path) == set(KEPT)
    assert not (tmp_path / "storage" / "incoming" / "x.part").exists()
