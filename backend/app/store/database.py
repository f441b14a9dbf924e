"""The database: engine, read and write sessions, migrations at start."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import Field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Delete, Select, Update, func, select
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from .database_errors import translated
from .engine import WRITES, migration_engine, pooled_engine, sqlite_file

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATIONS_LOCK = "segue migrations"

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
    database for longer than ``BUSY_TIMEOUT_S``, ``StoreDown`` (retryable) if it can't be reached,
    ``StorageFull`` if the disk is full, ``NotFound`` for a row whose owner is deleted.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers = _read_only(engine)
        self._writers = engine.execution_options(**{WRITES: True})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a read transaction with one consistent view; any changes are discarded."""
        with translated(), Session(self._readers, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a write transaction: committed on success, rolled back after an exception.

        The write lock is taken at the first statement, even a read: a transaction that reads first
        and writes later would fail if another writer came in between.
        """
        with translated(), Session(self._writers, expire_on_commit=False) as session:
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

    @property
    def has_notifications(self) -> bool:
        """Whether transactions can notify other processes."""
        return self._engine.dialect.name == "postgresql"

    @property
    def has_one_writer(self) -> bool:
        """Whether write transactions run one after the other."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """Open a connection whose statements are each a transaction."""
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with translated(), engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _read_only(engine: Engine) -> Engine:
    """Give transactions one consistent view, which SQLite's have anyway."""
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def hold_lock(session: Session, name: str) -> None:
    """Let only one transaction at a time continue from here, until it ends.

    In SQLite, write transactions run one after the other anyway; PostgreSQL uses an advisory lock.
    """
    _lock(session.connection(), name)


def _lock(connection: Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def record_of(kind: type[RecordT], row: object, **others: object) -> RecordT:
    """Build a dataclass from a row's columns of the same names.

    ``others`` replace columns.
    """
    names = [field.name for field in fields(kind) if field.name not in others]
    return kind(**{name: getattr(row, name) for name in names}, **others)


def open_database(url: str, *, migrate: bool = True, connections: int | None = None) -> Database:
    """Open the database at ``url`` and migrate its tables.

    Use ``migrate=False`` in child processes of one that has already migrated. ``connections`` is
    the most that this process may have; None is the database's default.
    """
    if migrate:
        with _migration_lock(url):
            _migrate(url)
    return Database(pooled_engine(url, connections))


def known_revisions() -> set[str]:
    """Revisions of the tables from which this version can migrate."""
    files = (MIGRATIONS / "versions").glob("*_*.py")
    return {file.name.partition("_")[0] for file in files if not file.name.startswith("_")}


def _migrate(url: str, revision: str = "head") -> None:
    engine = migration_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        _lock(connection, _MIGRATIONS_LOCK)  # servers that start at once migrate once
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
