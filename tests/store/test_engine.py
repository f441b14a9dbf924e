"""Database URLs, and connections to PostgreSQL."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from backend.app.errors import StoreBusy, StoreDown
from backend.app.store import engine
from backend.app.store.database import Database, open_database
from backend.app.store.engine import parse_url
from tests import postgresql


@pytest.mark.parametrize(
    "spelling",
    ["postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg", "postgresql+psycopg2"],
)
def test_all_spellings_of_postgresql_are_read_as_psycopg(spelling: str):
    url = parse_url(f"{spelling}://ann:pw@db:5433/segue?ssl=require")
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port) == ("ann", "pw", "db", 5433)
    if spelling != "postgresql+psycopg":
        assert url.query == {"sslmode": "require"}


def test_readers_of_postgresql_see_one_moment_and_change_nothing(postgresql_url: str):
    opened = open_database(postgresql_url)
    with opened.read() as reader:
        count = sa.text("SELECT count(*) FROM dj_rules")
        before = reader.execute(count).scalar()
        with pytest.raises(sa.exc.InternalError, match="read-only"):
            reader.execute(sa.text("DELETE FROM dj_rules"))
    assert before == 0
    opened.close()


def test_lock_held_too_long_is_a_retryable_error(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.1)
    opened = open_database(postgresql_url)
    lock = sa.text("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
    with opened.write() as first:
        first.execute(lock)
        with pytest.raises(StoreBusy) as caught, opened.write() as second:
            second.execute(lock)
    assert caught.value.retryable
    opened.close()


def test_more_connections_than_allowed_are_refused_for_a_while(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.1)
    opened = open_database(postgresql_url, connections=2)
    one = sa.text("SELECT 1")
    with opened.read() as first, opened.read() as second:
        first.execute(one), second.execute(one)
        with pytest.raises(StoreBusy), opened.read() as third:
            third.execute(one)
    opened.close()


def test_servers_that_start_at_once_migrate_once(postgresql_url: str):
    name = "started_at_once"
    server = sa.create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    server.dispose()
    failures: list[BaseException] = []

    def start() -> None:
        try:
            open_database(postgresql_url.replace("/postgres?", f"/{name}?")).close()
        except BaseException as e:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(e)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_stopped_server_is_reported_and_found_again():
    programs = postgresql.programs()
    assert programs is not None
    with postgresql.stoppable(programs) as server:
        opened = open_database(server.url)
        assert _answers(opened)
        server.stop()
        with pytest.raises(StoreDown) as caught:
            _answers(opened)
        assert caught.value.retryable
        server.start()
        assert _answers(opened)
        opened.close()


def _answers(opened: Database) -> bool:
    with opened.read() as session:
        return session.execute(sa.text("SELECT 1")).scalar() == 1
