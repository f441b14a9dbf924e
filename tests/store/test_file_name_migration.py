"""Tracks that an earlier version named keep their names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from backend.app.services.library.library import named_together
from backend.app.store import database
from backend.app.store.database import open_database
from backend.app.store.library import LibraryStore


def test_titles_of_earlier_uploads_stay(tmp_path: Path, monkeypatch, real_migration) -> None:
    monkeypatch.setattr(database, "_migrate", real_migration)
    url, now = f"sqlite:///{tmp_path}/segue.db", "2026-05-01 12:00:00.000000"
    (tmp_path / "segue.db").touch()
    real_migration(url, "0007")
    titles = ("1 Rain", "2 Sun", "3 Snow")
    with closing(sqlite3.connect(tmp_path / "segue.db")) as before, before:
        before.execute(
            "INSERT INTO users (id, email, password_hash, is_admin, created_at)"
            " VALUES ('u', 'ann@example.org', '-', 1, ?)",
            (now,),
        )
        before.execute("INSERT INTO uploads VALUES ('crate', 'u', 'tracks', ?)", (now,))
        for position, title in enumerate(titles):
            before.execute(
                "INSERT INTO tracks (id, user_id, upload_id, position, content, title, artist,"
                " album, n_samples, bits, recorded_gain_db, has_cover, source_format, warnings)"
                " VALUES (?, 'u', 'crate', ?, 'c', ?, '', '', 44100, 16, 0.0, 0, 'wav', '[]')",
                (f"t{position}", position, title),
            )
    opened = open_database(url)
    store = LibraryStore(opened)
    assert [one.file_name for one in store.tracks("u", "crate")] == ["", "", ""]
    store.rename_tracks("u", "crate", named_together)
    assert tuple(one.title for one in store.tracks("u", "crate")) == titles
    opened.close()
