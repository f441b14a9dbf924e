"""Files under the hash of their content: whole or not there, once, private."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from backend.app.store.blobs import ContentStore

CONTENT = "ab" + "0" * 62


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "storage")


def _file(tmp_path: Path, name: str, content: bytes = b"sound") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_content_lies_under_its_hash(store, tmp_path):
    store.put(CONTENT, _file(tmp_path, "new.flac"))
    assert store.path(CONTENT) == tmp_path / "storage" / "content" / "ab" / f"{CONTENT}.flac"
    assert store.path(CONTENT).read_bytes() == b"sound"
    assert not (tmp_path / "new.flac").exists()


def test_putting_the_same_content_again_changes_nothing(store, tmp_path):
    for name in ("first.flac", "second.flac"):
        store.put(CONTENT, _file(tmp_path, name))
    assert store.path(CONTENT).read_bytes() == b"sound"


def test_folders_are_for_their_owner_only(store, tmp_path):
    store.put(CONTENT, _file(tmp_path, "new.flac"))
    for folder in (store.path(CONTENT).parent, store.derived(CONTENT, "peaks-v1.npz").parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_cover_keeps_the_suffix_that_says_what_it_is(store, tmp_path, suffix):
    store.put_cover(CONTENT, _file(tmp_path, f"cover{suffix}"))
    assert store.cover_path(CONTENT).suffix == suffix
    assert store.cover_path(CONTENT).exists()


def test_what_is_derived_may_be_written_at_once(store):
    path = store.derived(CONTENT, "loudness-v1.npz")
    path.write_bytes(b"x")
    assert store.derived(CONTENT, "loudness-v1.npz") == path


def test_removing_takes_everything_that_came_of_the_content(store, tmp_path):
    store.put(CONTENT, _file(tmp_path, "new.flac"))
    store.put_cover(CONTENT, _file(tmp_path, "cover.jpg"))
    store.derived(CONTENT, "loudness-v1.npz").write_bytes(b"x")
    store.remove(CONTENT)
    store.remove(CONTENT)
    assert [p for p in (tmp_path / "storage").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" + "0" * 62, "ab", "g" * 64])
def test_what_is_no_hash_names_no_file(store, name):
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(name)


def test_work_on_a_track_waits_for_who_is_at_it_and_goes_on_where_that_one_was_killed(tmp_path):
    store = ContentStore(tmp_path)
    half = store.derived(CONTENT, "stem-x-bass.flac.0123.part")
    code = (
        "import sys, time; from pathlib import Path\n"
        "from backend.app.store.blobs import ContentStore\n"
        "store = ContentStore(Path(sys.argv[1]))\n"
        f"with store.alone('{CONTENT}', 'stem-x'):\n"
        f"    store.derived('{CONTENT}', '{half.name}').write_bytes(b'half')\n"
        "    print(flush=True)\n"
        "    time.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE)
    assert other.stdout
    other.stdout.readline()
    entered = Event()

    def work() -> list[str]:
        with store.alone(CONTENT, "stem-x"):
            entered.set()
            store.remove_half_made_of(CONTENT, "stem-x")
            return [file.name for file in half.parent.iterdir()]

    with ThreadPoolExecutor(1) as pool, other:
        left = pool.submit(work)
        assert not entered.wait(0.3)
        other.kill()
        assert left.result(timeout=10) == ["stem-x.lock"]
