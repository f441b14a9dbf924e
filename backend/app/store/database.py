"""The database: engine, read and write sessions, migrations at start."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import Field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Delete, Select, Update, event, func, select
from sqlalchemy.engine import Connection, Dialect, Engine, create_engine, make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from ..errors import NotFound, StoreBusy, not_writable, storage_full

# Longer than any of Segue's transactions, short enough for a person to wait.
BUSY_TIMEOUT_S = 5.0
MIGRATIONS = Path(__file__).parent / "migrations"
_WRITES = "segue_writes"
_FOREIGN_KEY_VIOLATION = "23503"  # PostgreSQL, appendix A

ValueT = TypeVar("ValueT")


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[object]]]


RecordT = TypeVar("RecordT", bound=_Dataclass)


class UtcDateTime(TypeDecorator[datetime]):
    """A timestamp in UTC; restores the time zone, which SQLite drops."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert an aware datetime to UTC; reject a naive one."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a datetime without a time zone can't be stored")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored datetime as UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Database sessions over one engine. Thread-safe.

    Each ``with`` block is one transaction on its own connection. Don't nest blocks: the inner one
    would wait for the outer. All methods raise ``StoreBusy`` (retryable) if other writers held the
    database for longer than ``BUSY_TIMEOUT_S``, ``StorageFull`` if the disk is full, ``NotFound``
    for a row whose owner is deleted.
    """

    def __init__(self, engine: Engine) -> None:
        self._readers = engine
        self._writers = engine.execution_options(**{_WRITES: True})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read transaction with one consistent view; any changes are discarded."""
        with _translated(), Session(self._readers, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a write transaction: committed on success, rolled back after an exception.

        The write lock is taken at the first statement, even a read: a transaction that reads first
        and writes later would fail if another writer came in between.
        """
        with _translated(), Session(self._writers, expire_on_commit=False) as session:
            yield session
            session.commit()

    def first(self, query: Select[ValueT]) -> ValueT | None:
        """Return the first row of a query for one table or column."""
        with self.read() as session:
            return session.execute(query).scalars().first()

    def all(self, query: Select[ValueT]) -> list[ValueT]:
        """Return all rows of a query for one table or column."""
        with self.read() as session:
            return list(session.execute(query).scalars())

    def change(self, *statements: Update | Delete) -> int:
        """Run statements in one transaction; return how many rows they changed."""
        with self.write() as session:
            connection = session.connection()
            return sum(connection.execute(statement).rowcount for statement in statements)

    def add(self, row: SQLModel) -> None:
        """Add a row."""
        with self.write() as session:
            session.add(row)

    def close(self) -> None:
        """Close all connections."""
        self._readers.dispose()


def hold_lock(session: Session, name: str) -> None:
    """Let only one transaction at a time continue from here, until it ends.

    In SQLite, write transactions run one after the other anyway; PostgreSQL uses an advisory lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def record_of(kind: type[RecordT], row: object, **others: object) -> RecordT:
    """Build a dataclass from a row's columns of the same names.

    ``others`` replace columns.
    """
    names = [field.name for field in fields(kind) if field.name not in others]
    return kind(**{name: getattr(row, name) for name in names}, **others)


def open_database(url: str, *, migrate: bool = True) -> Database:
    """Open the database at ``url`` and migrate its tables.

    Use ``migrate=False`` in child processes of one that has already migrated.
    """
    if migrate:
        with _migration_lock(url):
            _migrate(url)
    # Wait for a free connection no longer than for a lock.
    engine = create_engine(url, pool_size=8, max_overflow=56, pool_timeout=BUSY_TIMEOUT_S)
    _listen(engine, foreign_keys=True)
    return Database(engine)


def known_revisions() -> set[str]:
    """Revisions of the tables from which this version can migrate."""
    files = (MIGRATIONS / "versions").glob("*_*.py")
    return {file.name.partition("_")[0] for file in files if not file.name.startswith("_")}


def _migrate(url: str, revision: str = "head") -> None:
    engine = create_engine(url, poolclass=NullPool)
    # Batch migrations drop and rebuild tables; with foreign keys on, child rows would be deleted.
    _listen(engine, foreign_keys=False)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@contextmanager
def _migration_lock(url: str) -> Iterator[None]:
    """Serialise migrations of a SQLite file across processes, and create the file private."""
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
    """Return the file of a SQLite URL; None for other databases."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database:
        raise ValueError("a SQLite database of Segue is a file; give its path")
    return Path(parsed.database)


def _listen(engine: Engine, *, foreign_keys: bool) -> None:
    """Configure SQLite: WAL, busy timeout, foreign keys, explicit transactions."""
    if engine.dialect.name != "sqlite":
        return

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # the driver must not begin transactions; ``begin`` below does
        connection.isolation_level = None
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
    """Translate errors of a busy, full or read-only database, and of a deleted owner.

    Other errors are bugs, and stay as they are.
    """
    try:
        yield
    except NoFreeConnection as e:
        raise _busy() from e
    except IntegrityError as e:
        if not _is_without_parent(e):
            raise
        raise NotFound("The account or object that this belongs to is deleted.") from e
    except OperationalError as e:
        code = getattr(cast(sqlite3.OperationalError, e.orig), "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _busy() from e
        if code == sqlite3.SQLITE_FULL:
            raise storage_full() from e
        if code == sqlite3.SQLITE_READONLY:
            raise not_writable() from e
        raise


def _is_without_parent(error: IntegrityError) -> bool:
    """Whether a row refers to an account or object that is deleted."""
    code = getattr(error.orig, "sqlite_errorcode", None) or getattr(error.orig, "sqlstate", None)
    return code in (sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, _FOREIGN_KEY_VIOLATION)


def _busy() -> StoreBusy:
    return StoreBusy("The server is busy.", hint="Try again in a few seconds.")
