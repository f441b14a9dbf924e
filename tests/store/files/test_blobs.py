"""Content store: files are complete, stored once, and private."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from backend.app.store.files.blobs import ContentStore
from tests.patience import PATIENCE_S

CONTENT = "ab" + "0" * 62


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "storage")


def _file(tmp_path: Path, name: str, content: bytes = b"sound") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_content_is_stored_under_its_hash(store, tmp_path):
    store.put(CONTENT, _file(tmp_path, "new.flac"))
    assert store.path(CONTENT) == tmp_path / "storage" / "content" / "ab" / f"{CONTENT}.flac"
    assert store.path(CONTENT).read_bytes() == b"sound"
    assert not (tmp_path / "new.flac").exists()


def test_storing_the_same_content_again_changes_nothing(store, tmp_path):
    for name in ("first.flac", "second.flac"):
        store.put(CONTENT, _file(tmp_path, name))
    assert store.path(CONTENT).read_bytes() == b"sound"


def test_folders_are_private(store, tmp_path):
    store.put(CONTENT, _file(tmp_path, "new.flac"))
    for folder in (store.path(CONTENT).parent, store.derived(CONTENT, "peaks-v1.npz").parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_cover_keeps_its_suffix(store, tmp_path, suffix):
    store.put_cover(CONTENT, _file(tmp_path, f"cover{suffix}"))
    assert store.cover_path(CONTENT).suffix == suffix
    assert store.cover_path(CONTENT).exists()


def test_derived_files_can_be_written_in_parallel(store):
    path = store.derived(CONTENT, "loudness-v1.npz")
    path.write_bytes(b"x")
    assert store.derived(CONTENT, "loudness-v1.npz") == path


def test_removing_content_removes_derived_files(store, tmp_path):
    store.put(CONTENT, _file(tmp_path, "new.flac"))
    store.put_cover(CONTENT, _file(tmp_path, "cover.jpg"))
    store.derived(CONTENT, "loudness-v1.npz").write_bytes(b"x")
    store.remove(CONTENT)
    store.remove(CONTENT)
    assert [p for p in (tmp_path / "storage").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" + "0" * 62, "ab", "g" * 64])
def test_invalid_hash_is_rejected(store, name):
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(name)


def test_track_lock_waits_and_is_released_by_a_kill(tmp_path):
    store = ContentStore(tmp_path)
    half = store.derived(CONTENT, "stem-x-bass.flac.0123.part")
    code = (
        "import sys, time; from pathlib import Path\n"
        "from backend.app.store.files.blobs import ContentStore\n"
        "store = ContentStore(Path(sys.argv[1]))\n"
        f"with store.lock('{CONTENT}', 'stem-x'):\n"
        f"    store.derived('{CONTENT}', '{half.name}').write_bytes(b'half')\n"
        "    print(flush=True)\n"
        "    time.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE)
    assert other.stdout
    other.stdout.readline()
    entered = Event()

    def work() -> list[str]:
        with store.lock(CONTENT, "stem-x"):
            entered.set()
            store.remove_unfinished_of(CONTENT, "stem-x")
            return [file.name for file in half.parent.iterdir()]

    with ThreadPoolExecutor(1) as pool, other:
        left = pool.submit(work)
        assert not entered.wait(0.3)
        other.kill()
        assert left.result(timeout=PATIENCE_S) == ["stem-x.lock"]


def _aged(file: Path, age_s: float) -> Path:
    os.utime(file, (time.time() - age_s,) * 2)
    return file


def test_only_large_derived_files_expire_when_unused(store):
    names = ("stem-vocals.flac", "stretch-1.flac", "loudness-v1.npz", "analysis-v1.json")
    for name in names:
        store.derived(CONTENT, name).write_bytes(b"x")
        _aged(store.derived(CONTENT, name), 1000.0)
    assert store.unread_for(1100.0) == set()
    store.touch(store.derived(CONTENT, names[0]))
    assert store.unread_for(900.0) == {CONTENT}
    store.remove_unread(CONTENT, 900.0)
    left = {file.name for file in store.derived(CONTENT, "").iterdir()}
    assert left == {names[0], names[2], names[3]}


def test_content_is_as_young_as_what_is_derived_from_it(store, tmp_path):
    store.put(CONTENT, _file(tmp_path, "new.flac"))
    _aged(store.path(CONTENT), 1000.0)
    assert store.contents_older_than(900.0) == {CONTENT}
    folder = store.derived(CONTENT, "")
    assert store.contents_older_than(900.0) == set()
    _aged(folder, 1000.0)
    assert store.contents_older_than(900.0) == {CONTENT}


def test_unfinished_files_of_other_work_stay(store):
    for name in ("stem-a.flac.1.part", "stretch-1.flac.2.part", "stem-b.flac"):
        store.derived(CONTENT, name).write_bytes(b"x")
    store.remove_unfinished_of(CONTENT, "stem")
    left = {file.name for file in store.derived(CONTENT, "").iterdir()}
    assert left == {"stretch-1.flac.2.part", "stem-b.flac"}


def test_missing_files_have_no_size(store, tmp_path):
    store.put(CONTENT, _file(tmp_path, "new.flac", b"12345"))
    store.put_image("a.png", _file(tmp_path, "a.png", b"123"))
    assert store.size([CONTENT, "cd" + "0" * 62], ["a.png", "b.png"]) == 8


def test_png_cover_is_preferred(store, tmp_path):
    for suffix in (".png", ".jpg"):
        store.put_cover(CONTENT, _file(tmp_path, f"cover{suffix}"))
    assert store.cover_path(CONTENT).suffix == ".png"
