"""Translate the databases' errors that users or operators can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from ..errors import NotFound, SegueError, StoreBusy, StoreDown, not_writable, storage_full

# PostgreSQL, appendix A: error codes. A class is the first two characters.
_FOREIGN_KEY_VIOLATION = "23503"
_DISK_FULL = "53100"
_READ_ONLY = "25006"
_BUSY = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "53200",  # out_of_memory
    "53300",  # too_many_connections
    "55P03",  # lock_not_available
    "57014",  # query_canceled, by a timeout
}
_SHUT_DOWN = {"57P01", "57P02", "57P03", "57P05", "25P03"}
_CONNECTION_CLASS = "08"


@contextmanager
def translated() -> Iterator[None]:
    """Translate errors of a busy, full, read-only or stopped database, and of a deleted owner.

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
    except DBAPIError as e:
        error = _sqlite_error(e) if isinstance(e.orig, sqlite3.Error) else _postgresql_error(e)
        if error is None:
            raise
        raise error from e


def _is_without_parent(error: IntegrityError) -> bool:
    """Whether a row refers to an account or object that is deleted."""
    code = getattr(error.orig, "sqlite_errorcode", None) or getattr(error.orig, "sqlstate", None)
    return code in (sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, _FOREIGN_KEY_VIOLATION)


def _sqlite_error(error: DBAPIError) -> SegueError | None:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _busy()
    if code == sqlite3.SQLITE_FULL:
        return storage_full()
    return not_writable() if code == sqlite3.SQLITE_READONLY else None


def _postgresql_error(error: DBAPIError) -> SegueError | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or state in _SHUT_DOWN or _has_no_connection(error, state):
        return StoreDown(
            "The database can't be reached.", hint="Try again in a minute; nothing is lost."
        )
    if state in _BUSY:
        return _busy()
    if state == _DISK_FULL:
        return storage_full()
    return not_writable() if state == _READ_ONLY else None


def _has_no_connection(error: DBAPIError, state: str | None) -> bool:
    """Whether the server refused the connection, or it broke: libpq gives no code for that."""
    if state is not None:
        return state.startswith(_CONNECTION_CLASS)
    return type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")


def _busy() -> StoreBusy:
    return StoreBusy("The server is busy.", hint="Try again in a few seconds.")
