"""Rows of the processes that run jobs, kept up to date by their heartbeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, Column, ColumnElement, Connection, Double, Row
from sqlalchemy.sql import and_, delete, func, insert, select, update
from sqlmodel import BigInteger, Field, SQLModel

from ...jobs.owners import is_local
from ...jobs.queue import GPU, WORK
from ...jobs.states import JobStatus, StepState
from ..clock import now_s
from ..database import Database
from .claims import claimable, expire_leases
from .notifications import announce
from .tables import JOBS, STEPS

BEAT_S = 5.0
SILENT_AFTER_S = 3 * BEAT_S
"""A worker without a heartbeat for this long counts as dead; a busy database may delay one."""
_FORGET_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU, and the bytes of its memory."""

    name: str
    memory_used: int
    memory_total: int


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """Facts of one process that runs jobs; ``name`` is the owner of its claims.

    ``models`` are the separators whose weights are on its disk.
    """

    name: str
    queues: tuple[str, ...]
    cores: int
    models: tuple[str, ...]
    version: str
    gpu: Gpu | None = None


@dataclass(frozen=True, slots=True)
class WorkerJob:
    """A job that a worker runs, since ``claimed_s``."""

    id: str
    kind: str
    step: str | None
    claimed_s: float


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A worker with its running jobs. Times are seconds since 1970 by the database's clock."""

    facts: WorkerFacts
    started_s: float
    seen_s: float
    is_alive: bool
    running: tuple[WorkerJob, ...]


class WorkerRow(SQLModel, table=True):
    """A worker's row; ``silent`` once its death has been logged."""

    __tablename__ = "workers"
    name: str = Field(primary_key=True)
    queues: list[str] = Field(sa_column=Column(JSON, nullable=False))
    cores: int
    models: list[str] = Field(sa_column=Column(JSON, nullable=False))
    version: str
    gpu: str | None = None
    gpu_memory_used: int | None = Field(default=None, sa_type=BigInteger)
    gpu_memory_total: int | None = Field(default=None, sa_type=BigInteger)
    silent: bool = False
    started_s: float = Field(sa_type=Double)
    seen_s: float = Field(sa_type=Double)


WORKERS = SQLModel.metadata.tables["workers"]


@dataclass(frozen=True, slots=True)
class WorkerStore:
    """Rows of workers. Thread-safe; methods may raise what ``Database`` raises."""

    database: Database

    def describe(self, facts: WorkerFacts) -> None:
        """Store a worker's facts, which count as a heartbeat."""
        values = {**_columns(facts), "silent": False, "seen_s": now_s()}
        with self.database.write() as session:
            connection = session.connection()
            mine = WORKERS.c.name == facts.name
            if connection.execute(update(WORKERS).where(mine).values(**values)).rowcount == 0:
                connection.execute(insert(WORKERS).values(**values, started_s=now_s()))

    def beat(self, name: str) -> bool:
        """Store a heartbeat; return False if the row is gone."""
        beat = update(WORKERS).where(WORKERS.c.name == name).values(seen_s=now_s(), silent=False)
        return self.database.change(beat) > 0

    def leave(self, name: str) -> None:
        """Delete the row of a worker that ends."""
        self.database.change(delete(WORKERS).where(WORKERS.c.name == name))

    def all(self) -> list[WorkerRecord]:
        """Return all workers, the living ones first, then by name."""
        alive = _is_alive().label("is_alive")
        with self.database.read() as session:
            connection = session.connection()
            rows = connection.execute(select(WORKERS, alive).order_by(WORKERS.c.name)).all()
            running = _running(connection, [row.name for row in rows])
        found = [_record(row, running.get(row.name, ())) for row in rows]
        return sorted(found, key=lambda worker: not worker.is_alive)

    def has_gpu(self) -> bool:
        """Whether a living worker of the queue ``gpu`` has a GPU."""
        with_gpu = select(WORKERS.c.queues).where(_is_alive(), WORKERS.c.gpu.is_not(None))
        return any(GPU in queues for queues in self.database.all(with_gpu))

    def move_gpu_jobs(self) -> int:
        """Without a living GPU, move its waiting jobs to the work lane; return how many."""
        stranded = claimable(GPU)
        if self.database.first(select(JOBS.c.id).where(stranded)) is None or self.has_gpu():
            return 0
        with self.database.write() as session:
            connection = session.connection()
            announce(connection)
            return connection.execute(update(JOBS).where(stranded).values(lane=WORK)).rowcount

    def mark_silent(self) -> list[str]:
        """Mark the workers whose heartbeats have stopped; return each once.

        The leases of those on other hosts expire at once. This host's processes are left to
        ``expire_dead_owners``, which knows whether they live. Rows that have been silent for an
        hour are deleted.
        """
        silent = and_(WORKERS.c.silent.is_(False), WORKERS.c.seen_s < now_s() - SILENT_AFTER_S)
        old = WORKERS.c.seen_s < now_s() - _FORGET_AFTER_S
        if not self.database.first(select(func.count()).where(silent | old)):
            return []
        with self.database.write() as session:
            connection = session.connection()
            marked = update(WORKERS).where(silent).values(silent=True).returning(WORKERS.c.name)
            names = list(connection.execute(marked).scalars())
            expire_leases(connection, [name for name in names if not is_local(name)])
            connection.execute(delete(WORKERS).where(old))
            return names


def _is_alive() -> ColumnElement[bool]:
    return WORKERS.c.seen_s >= now_s() - SILENT_AFTER_S


def _columns(facts: WorkerFacts) -> dict[str, object]:
    gpu = facts.gpu
    return {
        "name": facts.name,
        "queues": list(facts.queues),
        "cores": facts.cores,
        "models": list(facts.models),
        "version": facts.version,
        "gpu": gpu and gpu.name,
        "gpu_memory_used": gpu and gpu.memory_used,
        "gpu_memory_total": gpu and gpu.memory_total,
    }


def _record(row: Row[tuple[object, ...]], running: Sequence[WorkerJob]) -> WorkerRecord:
    gpu = None
    if row.gpu is not None:
        gpu = Gpu(row.gpu, row.gpu_memory_used or 0, row.gpu_memory_total or 0)
    facts = WorkerFacts(row.name, tuple(row.queues), row.cores, tuple(row.models), row.version, gpu)
    return WorkerRecord(facts, row.started_s, row.seen_s, bool(row.is_alive), tuple(running))


def _running(connection: Connection, names: Sequence[str]) -> dict[str, list[WorkerJob]]:
    """The running jobs of each worker, with their running step."""
    step = func.min(STEPS.c.name).label("step")
    running = and_(STEPS.c.job_id == JOBS.c.id, STEPS.c.state == StepState.RUNNING)
    found: dict[str, list[WorkerJob]] = {}
    jobs = (
        select(JOBS.c.owner, JOBS.c.id, JOBS.c.kind, JOBS.c.claimed_s, step)
        .outerjoin_from(JOBS, STEPS, running)
        .where(JOBS.c.status == JobStatus.RUNNING, JOBS.c.owner.in_(names))
        .group_by(JOBS.c.owner, JOBS.c.id, JOBS.c.kind, JOBS.c.claimed_s)
        .order_by(JOBS.c.claimed_s, JOBS.c.id)
    )
    for row in connection.execute(jobs):
        job = WorkerJob(row.id, row.kind, row.step, row.claimed_s)
        found.setdefault(row.owner, []).append(job)
    return found
