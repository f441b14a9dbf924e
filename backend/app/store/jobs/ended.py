"""Counters of ended jobs, finished steps and caches, which outlive the jobs' rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Double, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import BigInteger, Field, SQLModel

from ...jobs.cache_uses import CacheUse
from ...jobs.states import JobStatus

#: Upper bound of the last bucket: none.
UNBOUNDED_S = 1e9
#: Upper bounds of the buckets in seconds: steps take from a moment to hours.
BOUNDS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, UNBOUNDED_S)


class EndedJobsRow(SQLModel, table=True):
    """How many jobs of a kind have ended with a status."""

    __tablename__ = "ended_jobs"
    kind: str = Field(primary_key=True)
    status: str = Field(primary_key=True)
    n: int = Field(sa_type=BigInteger)


class StepSecondsRow(SQLModel, table=True):
    """How many steps took at most ``bound_s`` seconds, and more than the next smaller bound."""

    __tablename__ = "step_seconds"
    kind: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    bound_s: float = Field(primary_key=True, sa_type=Double)
    n: int = Field(sa_type=BigInteger)
    seconds: float = Field(sa_type=Double)


class CacheUsesRow(SQLModel, table=True):
    """How many results of a cache steps have found in it, and how many they made."""

    __tablename__ = "cache_uses"
    cache: str = Field(primary_key=True)
    hits: int = Field(sa_type=BigInteger)
    misses: int = Field(sa_type=BigInteger)


ENDED = SQLModel.metadata.tables["ended_jobs"]
STEP_SECONDS = SQLModel.metadata.tables["step_seconds"]
CACHE_USES = SQLModel.metadata.tables["cache_uses"]


def count_end(connection: Connection, kind: str, status: JobStatus) -> None:
    """Count a job's end, in the transaction that ends it."""
    _add(connection, ENDED, {"kind": kind, "status": status.value}, {"n": 1})


def count_step(connection: Connection, kind: str, step: str, seconds: float) -> None:
    """Count a finished step, in the transaction that stores it."""
    bound_s = next(bound for bound in BOUNDS_S if seconds <= bound)
    which = {"kind": kind, "step": step, "bound_s": bound_s}
    _add(connection, STEP_SECONDS, which, {"n": 1, "seconds": seconds})


def count_caches(connection: Connection, uses: Sequence[CacheUse]) -> None:
    """Count a step's or task's use of caches, in the transaction that stores it.

    By name, so that two transactions never wait for each other.
    """
    for use in sorted(uses, key=lambda use: use.cache):
        more: dict[str, float] = {"hits": use.hits, "misses": use.misses}
        _add(connection, CACHE_USES, {"cache": use.cache}, more)


def _add(
    connection: Connection, table: Table, which: dict[str, object], more: dict[str, float]
) -> None:
    """Add to a row's numbers; make the row if there is none."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(table).values(**which, **more)
    added = {name: table.c[name] + row.excluded[name] for name in more}
    connection.execute(row.on_conflict_do_update(index_elements=[*which], set_=added))
