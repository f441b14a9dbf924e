"""Users stay signed in when the server is updated."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backend.app.accounts.sign_in import digest_of
from backend.app.store import database
from backend.app.store.database import open_database
from backend.app.wiring.sign_in import build_sign_in

SECRET = "9f2c7b1e84d05a6fb3c1d97e60428aa5"


def test_refresh_tokens_and_cookies_of_earlier_versions_stay_valid(
    tmp_path: Path, monkeypatch, real_migration
) -> None:
    monkeypatch.setattr(database, "_migrate", real_migration)
    url = f"sqlite:///{tmp_path}/segue.db"
    (tmp_path / "segue.db").touch()
    real_migration(url, "0006")
    ends = (datetime.now(UTC) + timedelta(days=20)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(tmp_path / "segue.db")) as before, before:
        before.execute("INSERT INTO users VALUES ('u', 'ann@example.org', '-', 1, ?)", (ends,))
        tokens = "INSERT INTO refresh_tokens VALUES (?, 'u', 'family', ?, ?, NULL)"
        before.execute(tokens, (digest_of("used"), ends, ends))
        before.execute(tokens, (digest_of("token"), ends, None))
        before.execute("INSERT INTO sessions VALUES (?, 'u', ?)", (digest_of("cookie"), ends))
    opened = open_database(url)
    sign_in = build_sign_in(opened, SECRET)
    first, second = sign_in.own_account.sign_ins("u")
    assert (first.device, first.address) == ("", "")
    assert first.seen_at == first.expires_at - timedelta(days=30)
    for renewed in (
        sign_in.accounts.refresh("token", address="203.0.113.7", device="Firefox"),
        sign_in.accounts.access_by_session("cookie", address="203.0.113.7", device="Firefox"),
    ):
        assert sign_in.accounts.user(renewed.access_token).email == "ann@example.org"
    seen = sign_in.own_account.sign_ins("u")
    assert {one.id for one in seen} == {first.id, second.id}
    assert {one.device for one in seen} == {"Firefox"}
    opened.close()
