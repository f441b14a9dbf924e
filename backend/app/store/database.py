"""Where rows live: one engine, sessions for reading and for writing, migrations at start."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

from ..errors import StorageFull, StoreBusy

# Long enough for any transaction of ours to end, short enough for a person to wait.
BUSY_TIMEOUT_S = 5.0
MIGRATIONS = Path(__file__).parent / "migrations"
_WRITES = "segue_writes"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets the time zone; this puts it back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware moment into UTC; a naive one is a bug of the caller."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give a moment back as UTC, whatever the database made of its zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Sessions over one engine; safe to share between threads.

    Each ``with`` block is one transaction on a connection that no other thread uses meanwhile. A
    block must not be opened inside another one: the inner would wait for the outer.

    Raises
    ------
    StoreBusy
        If other writers held the database for longer than ``BUSY_TIMEOUT_S``; worth a retry.
    StorageFull
        If the disk is full.
    """

    def __init__(self, engine: Engine) -> None:
        self._readers = engine
        self._writers = engine.execution_options(**{_WRITES: True})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state; what it changes is thrown away."""
        with _translated(), Session(self._readers, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that may change rows: committed when the block ends well, else rolled back.

        The write lock is taken at the first statement, before anything is read: a transaction
        that reads first and writes later fails at once when another writer came in between.
        """
        with _translated(), Session(self._writers, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self._readers.dispose()


def open_database(url: str, *, migrate: bool = True) -> Database:
    """Open the database at ``url`` and bring its tables up to date.

    ``migrate=False`` is for a child process of one that has already migrated.
    """
    if migrate:
        with _migration_lock(url):
            _migrate(url)
    # A thread waits for a connection no longer than it would wait for a lock.
    engine = create_engine(url, pool_size=8, max_overflow=56, pool_timeout=BUSY_TIMEOUT_S)
    _listen(engine, foreign_keys=True)
    return Database(engine)


def _migrate(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    # Batch migrations rebuild a table by dropping it: with foreign keys on, its children would go.
    _listen(engine, foreign_keys=False)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


@contextmanager
def _migration_lock(url: str) -> Iterator[None]:
    """Let one process at a time migrate a SQLite file; create the file for its owner only."""
    file = sqlite_file(url)
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    lock = os.open(file.with_name(f"{file.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def sqlite_file(url: str) -> Path | None:
    """The file behind a SQLite URL; None for any other database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database:
        raise ValueError("a SQLite database of Segue is a file; give its path")
    return Path(parsed.database)


def _listen(engine: Engine, *, foreign_keys: bool) -> None:
    """Make SQLite behave: WAL, patience, foreign keys, and transactions that begin when told."""
    if engine.dialect.name != "sqlite":
        return

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; ``begin`` does
        connection.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_TIMEOUT_S)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)


@contextmanager
def _translated() -> Iterator[None]:
    """Say of two faults of SQLite what a person can do; everything else is a bug, and stays one."""
    try:
        yield
    except NoFreeConnection as e:
        raise _busy() from e
    except OperationalError as e:
        code = getattr(cast(sqlite3.OperationalError, e.orig), "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _busy() from e
        if code == sqlite3.SQLITE_FULL:
            raise StorageFull("The server's disk is full.", hint="Free some space.") from e
        raise


def _busy() -> StoreBusy:
    return StoreBusy("The server is busy.", hint="Try again in a few seconds.")
