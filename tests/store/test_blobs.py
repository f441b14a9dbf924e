"""Files under the hash of their content: whole or not there, once, private."""

from __future__ import annotations

import stat
from pathlib import Path

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
