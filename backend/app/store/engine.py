"""Create database engines: SQLite in WAL mode, PostgreSQL with timeouts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL, event
from sqlalchemy.engine import Connection, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

# Longer than any of Segue's transactions, short enough for a person to wait.
BUSY_TIMEOUT_S = 5.0
WRITES = "segue_writes"
"""Execution option of connections that may write."""

#: Spellings of PostgreSQL's URLs in other programs, all of them read as psycopg 3.
_POSTGRESQL = ("postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2")
_SQLITE_CONNECTIONS = 64  # files of this machine, each a few kB
_POSTGRESQL_CONNECTIONS = 16  # of the 100 of a default server, which several processes share
_KEPT_OPEN = 8
# Statements longer than this are stuck: the slowest of Segue's, the sweeps, take a second.
_STATEMENT_TIMEOUT_S = 60.0
# A peer whose network was cut is noticed after 15 s, half of a lease.
_PEER_TIMEOUT_S = 15


def parse_url(url: str) -> URL:
    """Parse a database URL; read all spellings of PostgreSQL as psycopg 3.

    Raise ``ArgumentError`` for text that is no URL.
    """
    parsed = make_url(url)
    if parsed.drivername not in _POSTGRESQL:
        return parsed
    query = {("sslmode" if name == "ssl" else name): value for name, value in parsed.query.items()}
    return parsed.set(drivername="postgresql+psycopg", query=query)


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite URL; None for other databases."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database:
        raise ValueError("a SQLite database of Segue is a file; give its path")
    return Path(parsed.database)


def pooled_engine(url: str, connections: int | None = None) -> Engine:
    """Create an engine with at most ``connections`` connections (None: the database's default).

    A caller waits for a free one no longer than for a lock.
    """
    parsed = parse_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    most = connections or (_SQLITE_CONNECTIONS if is_sqlite else _POSTGRESQL_CONNECTIONS)
    kept = min(most, _KEPT_OPEN)
    engine = create_engine(
        parsed,
        pool_size=kept,
        max_overflow=most - kept,
        pool_timeout=BUSY_TIMEOUT_S,
        pool_pre_ping=not is_sqlite,  # a connection may have died with its server
        connect_args={} if is_sqlite else _postgresql_options(),
    )
    _configure_sqlite(engine, foreign_keys=True)
    return engine


def migration_engine(url: str) -> Engine:
    """Create an engine whose connections write, without foreign keys in SQLite.

    Batch migrations drop and rebuild tables; with foreign keys on, child rows would be deleted.
    """
    engine = create_engine(parse_url(url), poolclass=NullPool)
    _configure_sqlite(engine, foreign_keys=False)
    return engine.execution_options(**{WRITES: True})


def _postgresql_options() -> dict[str, str | int]:
    limits_ms = {
        "lock_timeout": BUSY_TIMEOUT_S,
        "statement_timeout": _STATEMENT_TIMEOUT_S,
        "idle_in_transaction_session_timeout": _STATEMENT_TIMEOUT_S,
    }
    options = " ".join(f"-c {name}={int(1000 * limit)}" for name, limit in limits_ms.items())
    return {
        "options": options,
        "application_name": "segue",
        "connect_timeout": int(BUSY_TIMEOUT_S),
        "tcp_user_timeout": 1000 * _PEER_TIMEOUT_S,
        "keepalives_idle": _PEER_TIMEOUT_S // 3,
        "keepalives_interval": _PEER_TIMEOUT_S // 3,
        "keepalives_count": 2,
    }


def _configure_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
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
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
