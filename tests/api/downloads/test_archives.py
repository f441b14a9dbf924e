"""ZIP downloads and the names in them."""

from __future__ import annotations

import io
import zipfile

import pytest

from backend.app.api.downloads.archives import flat_names, zip_of


@pytest.mark.parametrize(
    ("name", "flat"),
    [
        ("mix.mp3", "mix.mp3"),
        ("stems/one/drums.flac", "stems - one - drums.flac"),
        ("../../evil.txt", "evil.txt"),
        ("/etc/passwd", "etc - passwd"),
        ("a\\..\\b.txt", "a - b.txt"),
        ("..", "file"),
        ("a/./ /b.txt", "a - b.txt"),
    ],
)
def test_names_have_no_folders(name: str, flat: str):
    assert flat_names([name]) == {name: flat}


def test_duplicate_names_are_numbered():
    names = ["a/b.flac", "a - b.flac", "/a/b.flac"]
    assert list(flat_names(names).values()) == ["a - b.flac", "a - b (2).flac", "a - b (3).flac"]
    assert list(flat_names(["a/b", "a - b"]).values()) == ["a - b", "a - b (2)"]


def test_streamed_archive_is_complete(tmp_path):
    content = bytes(range(256)) * 20_000  # 5 MB, several blocks
    (tmp_path / "a").write_bytes(content)
    (tmp_path / "b").write_bytes(b"")
    blocks = list(zip_of([("a.bin", tmp_path / "a"), ("b.bin", tmp_path / "b")]))
    assert max(map(len, blocks)) < 2_000_000
    with zipfile.ZipFile(io.BytesIO(b"".join(blocks))) as archive:
        assert archive.testzip() is None
        assert archive.read("a.bin") == content
        assert archive.read("b.bin") == b""
        modes = {entry.external_attr >> 16 for entry in archive.infolist()}
        assert modes == {0o644}  # without file permissions, some tools extract unreadable files
