"""Wake the executors of all processes when a job may be claimed (PostgreSQL only).

SQLite has nothing like ``NOTIFY``; its executors share a process, or poll.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, func, select, text

from ...errors import StoreBusy, StoreDown
from ..database import Database

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

_CHANNEL = "segue_jobs"
_TICK_S = 0.5  # a stop is noticed after this long
_RECONNECT_S = 5.0


def announce(connection: Connection) -> None:
    """Wake the listening processes when this transaction commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(_CHANNEL, "")))


def listen(database: Database, wake: Callable[[], None], stopping: Event) -> None:
    """Call ``wake`` at each announcement until ``stopping``; reconnect while the database is away.

    Returns at once for SQLite. Holds one connection.
    """
    while database.has_notifications and not stopping.is_set():
        try:
            with database.autocommit() as connection:
                connection.execute(text(f"LISTEN {_CHANNEL}"))
                _follow(connection, wake, stopping)
        except StoreBusy:
            log.warning("cannot listen for new jobs; polling, and trying again")
            stopping.wait(_RECONNECT_S)


def _follow(connection: Connection, wake: Callable[[], None], stopping: Event) -> None:
    from psycopg import OperationalError  # not installed beside SQLite

    driver = cast("psycopg.Connection[object]", connection.connection.driver_connection)
    wake()  # for what was announced before the connection was made
    try:
        while not stopping.is_set():
            for _ in driver.notifies(timeout=_TICK_S, stop_after=1):
                wake()
    except OperationalError as e:
        connection.invalidate()
        raise StoreDown("The connection for notifications is broken.") from e
