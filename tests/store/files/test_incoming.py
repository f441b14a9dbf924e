"""Incoming files."""

from __future__ import annotations

import os
import stat
import time

import pytest

from backend.app.errors import StorageFull
from backend.app.store.files import incoming
from backend.app.store.files.incoming import Incoming


def test_incoming_file_is_private_and_deleted_after_request(tmp_path):
    with Incoming(tmp_path).delivery() as delivery:
        files = [delivery.open() for _ in range(3)]
        paths = [delivery.path_of(file) for file in files]
        assert len(set(paths)) == 3
        for path in paths:
            assert path.parent == tmp_path / "incoming"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list((tmp_path / "incoming").iterdir()) == []
    assert all(file.closed for file in files)


def test_files_of_failed_request_are_deleted(tmp_path):
    with pytest.raises(RuntimeError), Incoming(tmp_path).delivery() as delivery:
        delivery.open().write(b"half")
        raise RuntimeError
    assert list((tmp_path / "incoming").iterdir()) == []


def test_twice_the_announced_size_must_be_free(tmp_path, monkeypatch):
    folder = Incoming(tmp_path)
    free = type("usage", (), {"free": 3_000_000_000})
    monkeypatch.setattr(incoming.shutil, "disk_usage", lambda _: free)
    folder.require_space(0)
    folder.require_space(1_000_000_000)  # leaving a gigabyte free
    with pytest.raises(StorageFull):
        folder.require_space(1_000_000_001)


def test_file_vanishing_during_cleanup_is_no_error(tmp_path):
    folder = Incoming(tmp_path)
    (folder.folder / "dangling").symlink_to(tmp_path / "nowhere")
    folder.sweep()
    assert (folder.folder / "dangling").is_symlink()  # too new to be removed


@pytest.mark.parametrize(("age_s", "stays"), [(3500.0, True), (3700.0, False)])
def test_leftovers_are_deleted_after_an_hour(tmp_path, age_s, stays):
    folder = Incoming(tmp_path)
    below = folder.folder / "checked"
    below.mkdir()
    for left in (below / "half.wav", folder.folder / "half.part", below):
        if left is not below:
            left.write_bytes(b"half")
        os.utime(left, (time.time() - age_s,) * 2)
    folder.sweep()
    names = sorted(left.name for left in folder.folder.iterdir())
    assert names == (["checked", "half.part"] if stays else [])
