"""SQL function for the database's clock, which all processes share."""

from __future__ import annotations

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class now_s(GenericFunction[float]):  # noqa: N801  reads as the SQL function it is
    """Seconds since 1970 in UTC, by the database's clock."""

    type = Double()
    inherit_cache = True


@compiles(now_s, "sqlite")
def _sqlite(element: now_s, compiler: object, **options: object) -> str:
    del element, compiler, options
    # 2440587.5 is 1970-01-01 as a Julian day; SQLite is exact to the millisecond.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now_s, "postgresql")
def _postgresql(element: now_s, compiler: object, **options: object) -> str:
    del element, compiler, options
    return "extract(epoch from clock_timestamp())"
