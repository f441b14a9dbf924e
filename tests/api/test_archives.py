"""Names inside a ZIP, and the ZIP itself."""

from __future__ import annotations

import io
import zipfile

import pytest

from backend.app.api.archives import flat_names, zip_of


@pytest.mark.parametrize(
    ("name", "flat"),
    [
        ("mix.mp3", "mix.mp3"),
        ("stems/one/drums.flac", "stems - one - drums.flac"),
        ("../../evil.txt", "evil.txt"),
        ("/etc/passwd", "etc - passwd"),
        ("a\\..\\b.txt", "a - b.txt"),
        ("..", "file"),
    ],
)
def test_a_name_has_no_folders(name: str, flat: str):
    assert flat_names([name]) == {name: flat}


def test_no_two_files_get_the_same_name():
    names = ["a/b.flac", "a - b.flac", "/a/b.flac"]
    assert list(flat_names(names).values()) == ["a - b.flac", "a - b (2).flac", "a - b (3).flac"]


def test_the_archive_is_whole_though_it_is_never_held_whole(tmp_path):
    content = bytes(range(256)) * 20_000  # 5 MB, several blocks
    (tmp_path / "a").write_bytes(content)
    (tmp_path / "b").write_bytes(b"")
    blocks = list(zip_of([("a.bin", tmp_path / "a"), ("b.bin", tmp_path / "b")]))
    assert max(map(len, blocks)) < 2_000_000
    with zipfile.ZipFile(io.BytesIO(b"".join(blocks))) as archive:
        assert archive.testzip() is None
        assert archive.read("a.bin") == content
        assert archive.read("b.bin") == b""
