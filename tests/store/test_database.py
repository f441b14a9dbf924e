"""Database: busy retries, isolation, UTC times, single migration."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from backend.app import store
from backend.app.errors import NotWritable, StorageFull, StoreBusy
from backend.app.store import database, engine
from backend.app.store.database import Database, UtcDateTime, open_database
from backend.app.store.engine import sqlite_file


@pytest.fixture(autouse=True)
def migrated_for_real(monkeypatch, real_migration):
    """Disable the shared migrated database: these tests run migrations."""
    monkeypatch.setattr(database, "_migrate", real_migration)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    opened = open_database(f"sqlite:///{tmp_path}/segue.db")
    with opened.write() as session:
        session.connection().execute(sa.text("CREATE TABLE counter (n INTEGER)"))
        session.connection().execute(sa.text("INSERT INTO counter VALUES (0)"))
    yield opened
    opened.close()


def _count(db: Database) -> int:
    with db.read() as session:
        return session.connection().execute(sa.text("SELECT n FROM counter")).scalar_one()


def _pragma(db: Database, name: str) -> object:
    with db.read() as session:
        return session.connection().execute(sa.text(f"PRAGMA {name}")).scalar_one()


def test_sqlite_settings_allow_threads_and_crashes(db):
    assert _pragma(db, "journal_mode") == "wal"
    assert _pragma(db, "synchronous") == 1
    assert _pragma(db, "foreign_keys") == 1
    assert _pragma(db, "busy_timeout") == 5000


def test_database_file_is_private(db, tmp_path):
    assert stat.S_IMODE((tmp_path / "segue.db").stat().st_mode) == 0o600


def test_failed_transaction_changes_nothing(db):
    with pytest.raises(RuntimeError), db.write() as session:
        session.connection().execute(sa.text("UPDATE counter SET n = 5"))
        raise RuntimeError
    assert _count(db) == 0


def test_changes_in_read_transaction_are_discarded(db):
    with db.read() as session:
        session.connection().execute(sa.text("UPDATE counter SET n = 5"))
    assert _count(db) == 0


def test_concurrent_read_and_write_loses_no_update(db):
    def add_one() -> None:
        for _ in range(25):
            with db.write() as session:
                connection = session.connection()
                n = connection.execute(sa.text("SELECT n FROM counter")).scalar_one()
                connection.execute(sa.text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _count(db) == 100


def test_readers_do_not_wait_for_writers(db):
    with db.write() as session:
        session.connection().execute(sa.text("UPDATE counter SET n = 5"))
        assert _count(db) == 0  # a reader that had to wait for this writer would raise StoreBusy


def test_long_lock_is_a_retryable_error(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.1)
    db = open_database(f"sqlite:///{tmp_path}/segue.db")
    other = sqlite3.connect(tmp_path / "segue.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy) as caught, db.write() as session:
        session.connection()
    assert caught.value.retryable
    other.close()
    db.close()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (sqlite3.SQLITE_FULL, StorageFull),
        (sqlite3.SQLITE_READONLY_DIRECTORY, NotWritable),
        (sqlite3.SQLITE_LOCKED, StoreBusy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusy),
        (sqlite3.SQLITE_IOERR, sa.exc.OperationalError),
    ],
)
def test_only_errors_that_users_can_act_on_are_translated(db, code, error):
    fault = sqlite3.OperationalError("no")
    fault.sqlite_errorcode = code
    with pytest.raises(error), db.read():
        raise sa.exc.OperationalError("SELECT 1", {}, fault)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///"])
def test_database_in_memory_is_rejected(url):
    with pytest.raises(ValueError, match="is a file"):
        sqlite_file(url)


def test_time_is_returned_in_utc(db):
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", UtcDateTime()))
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=5)))
    with db.write() as session:
        table.create(session.connection())
        session.connection().execute(table.insert().values(at=moment))
    with db.read() as session:
        stored = session.connection().execute(sa.select(table.c.at)).scalar_one()
    assert stored == moment
    assert stored.tzinfo is UTC


def test_time_without_time_zone_is_rejected():
    dialect = sa.create_engine("sqlite://").dialect
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), dialect)


def test_simultaneous_processes_migrate_once(tmp_path):
    url = f"sqlite:///{tmp_path}/new/segue.db"
    failures: list[BaseException] = []

    def start() -> None:
        try:
            open_database(url).close()
        except BaseException as e:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(e)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_migrations_create_exactly_the_declared_tables(tmp_path):
    open_database(f"sqlite:///{tmp_path}/segue.db").close()
    for module in pkgutil.walk_packages(store.__path__, f"{store.__name__}."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)  # declares its tables
    engine = sa.create_engine(f"sqlite:///{tmp_path}/segue.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()
