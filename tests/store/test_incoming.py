"""Files that are still arriving."""

from __future__ import annotations

import stat

import pytest

from backend.app.errors import StorageFull
from backend.app.store import incoming
from backend.app.store.incoming import Incoming


def test_an_arriving_file_is_private_and_gone_when_the_request_ends(tmp_path):
    with Incoming(tmp_path).delivery() as delivery:
        files = [delivery.open() for _ in range(3)]
        paths = [delivery.path_of(file) for file in files]
        assert len(set(paths)) == 3
        for path in paths:
            assert path.parent == tmp_path / "incoming"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list((tmp_path / "incoming").iterdir()) == []
    assert all(file.closed for file in files)


def test_files_of_a_request_that_fails_are_gone_too(tmp_path):
    with pytest.raises(RuntimeError), Incoming(tmp_path).delivery() as delivery:
        delivery.open().write(b"half")
        raise RuntimeError
    assert list((tmp_path / "incoming").iterdir()) == []


def test_room_is_asked_for_twice_what_is_announced(tmp_path, monkeypatch):
    folder = Incoming(tmp_path)
    free = type("usage", (), {"free": 3_000_000_000})
    monkeypatch.setattr(incoming.shutil, "disk_usage", lambda _: free)
    folder.expect(0)
    folder.expect(1_000_000_000)  # and a gigabyte stays free
    with pytest.raises(StorageFull):
        folder.expect(1_000_000_001)


def test_what_goes_away_while_sweeping_is_no_error(tmp_path):
    folder = Incoming(tmp_path)
    (folder.folder / "dangling").symlink_to(tmp_path / "nowhere")
    folder.sweep()
    assert (folder.folder / "dangling").is_symlink()  # fresh, so it stays
