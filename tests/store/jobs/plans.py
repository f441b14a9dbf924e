"""Which statements are executed, and how a database runs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from tests.jobs.rows import Rows


@contextmanager
def statements(*, with_parameters: bool = False) -> Iterator[list]:
    """Record the SQL statements executed in the block."""
    asked = []

    def listen(_conn, _cursor, statement, parameters, *_rest) -> None:
        asked.append((statement, parameters) if with_parameters else statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def plan_of(rows: Rows, statement: str, parameters: object) -> str:
    """The plan, which names the indexes; PostgreSQL reads no table that has an index for it."""
    with rows.database.read() as session:
        connection = session.connection()
        raw = connection.connection.driver_connection
        if connection.dialect.name == "postgresql":
            raw.execute("SET LOCAL enable_seqscan = off")
            return " ".join(row[0] for row in raw.execute(f"EXPLAIN {statement}", parameters))
        return " ".join(
            row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        )
