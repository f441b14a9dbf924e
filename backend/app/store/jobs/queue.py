"""The job queue in SQL: atomic claims, leases, and fenced writes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from statistics import median

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    insert,
    select,
    update,
)

from ...jobs.cache_uses import CacheUse
from ...jobs.estimate import paced
from ...jobs.queue import WORK, Claim, ClaimState, ExpectedStep, LeaseLost
from ...jobs.states import MAX_CRASHES, Edge, Failure, FinishedStep, JobStatus, StepState
from ...jobs.tasks.queue import TaskState
from ...jobs.workspace import WrittenFile
from ..clock import now_s
from ..database import Database
from .claims import abandoned, claimable, end_abandoned, expire_leases, held, move, take_next
from .ended import count_caches, count_step
from .step_files import finished_steps, put_files
from .tables import FILES, JOBS, SPEEDS, STEPS, TASKS

# Less is the time between two looks at the clocks.
_CLOCKS_DIFFER_S = 1.0
# Enough for a stable median, few enough to follow changes of the machine's speed.
_SPEEDS_KEPT = 20
# The time of a job with a smaller share shows the step's fixed costs, not its speed.
_LEAST_SHARE = 0.1
# Crash count after a finished step, so that the next crash raises it to 0.
_PROGRESSED = -1


@dataclass(frozen=True, slots=True)
class SqlJobQueue:
    """The :class:`~backend.app.jobs.queue.JobQueue` in a shared database."""

    database: Database

    def claim(
        self, owner: str, lease_s: float, lane: str = WORK, per_user: int | None = None
    ) -> Claim | None:
        """Claim the next job, in one transaction.

        SQLite's writers wait for each other, so there an idle worker only reads.
        """
        if self.database.has_one_writer:
            with self.database.read() as session:
                if not any(session.connection().execute(_work_in(lane)).one()):
                    return None
        with self.database.write() as session:
            connection = session.connection()
            is_some, is_dead = connection.execute(_work_in(lane)).one()
            if is_dead:
                end_abandoned(connection)
            if not is_some:
                return None
            values = {"claimed_by": owner, "lease_seconds": lease_s}
            for any_user in (False, True):
                statement = take_next(lane, per_user, any_user=any_user)
                row = connection.execute(statement, values).first()
                if row is not None:
                    is_first = row.attempt == 1
                    return _claim_of(row, () if is_first else finished_steps(connection, row.id))
        return None

    def waiting(self, lane: str, limit: int) -> Sequence[str]:
        """Return the ids of jobs that can be claimed, those queued first before others."""
        query = select(JOBS.c.id).where(claimable(lane)).order_by(JOBS.c.queued_s).limit(limit)
        return self.database.all(query)

    def claim_state(self, claim: Claim) -> ClaimState:
        """Return whether the claim is valid, and whether the job is to be cancelled."""
        with self.database.read() as session:
            row = session.connection().execute(held(claim)).first()
        if row is None:
            return ClaimState.LOST
        return ClaimState.CANCELLED if row.cancel_requested else ClaimState.OURS

    def beat(self, claim: Claim, lease_s: float) -> None:
        """Renew the lease for another ``lease_s`` seconds."""
        with self._fenced(claim) as connection:
            _set(connection, claim, lease_until=now_s() + lease_s)

    def speeds(self, kind: str) -> Mapping[str, float]:
        """Median speed of each step of a job kind."""
        with self.database.read() as session:
            return speeds_of_kinds(session.connection()).get(kind, {})

    def planned(self, claim: Claim, steps: Sequence[ExpectedStep]) -> None:
        """Store the attempt's steps; delete the rows of files that will be made again."""
        kept = [step.name for step in steps if step.kept]
        with self._fenced(claim) as connection:
            of_job = STEPS.c.job_id == claim.job_id
            took = connection.execute(select(STEPS.c.name, STEPS.c.seconds).where(of_job))
            seconds = {row.name: row.seconds for row in took}
            connection.execute(delete(STEPS).where(of_job))
            connection.execute(
                delete(FILES).where(FILES.c.job_id == claim.job_id, FILES.c.step.not_in(kept))
            )
            rows = [_step_row(claim, i, step, seconds) for i, step in enumerate(steps)]
            if rows:
                connection.execute(insert(STEPS), rows)

    def step_started(self, claim: Claim, step: str) -> None:
        """Mark a step as running."""
        with self._fenced(claim) as connection:
            _set_step(connection, claim, step, state=StepState.RUNNING, started_s=now_s())
            _set(connection, claim, detail=None)

    def progressed(
        self, claim: Claim, step: str, fraction: float, detail: str | None = None
    ) -> None:
        """Raise a step's progress to ``fraction``; never lower it."""
        with self._fenced(claim) as connection:
            if detail is not None:
                _set(connection, claim, detail=detail)
            raised = update(STEPS).where(_step(claim, step), STEPS.c.progress < fraction)
            connection.execute(raised.values(progress=fraction))

    def noted(self, claim: Claim, text: str) -> None:
        """Add a note to the job, unless it has it already."""
        with self._fenced(claim) as connection:
            stored = select(JOBS.c.notes).where(JOBS.c.id == claim.job_id)
            notes = connection.execute(stored).scalar_one()
            if text not in notes:
                _set(connection, claim, notes=[*notes, text])

    def retitled(self, claim: Claim, title: str) -> None:
        """Replace the job's title."""
        with self._fenced(claim) as connection:
            _set(connection, claim, title=title)

    def step_finished(
        self,
        claim: Claim,
        step: str,
        files: Sequence[WrittenFile],
        seconds: float,
        pace: str = "",
        share: float = 1.0,
        caches: Sequence[CacheUse] = (),
    ) -> None:
        """Store a finished step with its files and speed in one transaction."""
        with self._fenced(claim) as connection:
            _set_step(
                connection, claim, step, state=StepState.SUCCEEDED, progress=1.0, seconds=seconds
            )
            _set(connection, claim, crashes=_PROGRESSED)
            count_step(connection, claim.kind, step, seconds)
            count_caches(connection, caches)
            put_files(connection, claim.job_id, step, files)
            if claim.work_s > 0 and share >= _LEAST_SHARE:
                speed = seconds / (claim.work_s * share)
                _remember_speed(connection, claim.kind, paced(step, pace), speed)

    def succeeded(self, claim: Claim) -> None:
        """Mark the job as succeeded."""
        self._end(claim, Edge.FINISH, StepState.SUCCEEDED)

    def failed(self, claim: Claim, failure: Failure) -> None:
        """Mark the job as failed."""
        self._end(claim, Edge.FAIL, StepState.FAILED, failure)

    def paused(self, claim: Claim, until_s: float, why: str) -> None:
        """Return the job to the queue, not to be claimed before ``until_s``.

        If this machine's clock is wrong, so long from now by the database's.
        """
        with self._fenced(claim) as connection:
            ahead_s = time.time() - connection.execute(select(now_s())).scalar_one()
            wrong_by_s = ahead_s if abs(ahead_s) > _CLOCKS_DIFFER_S else 0.0
            _leave(connection, claim, Edge.PAUSE, StepState.WAITING)
            _set(connection, claim, not_before_s=until_s - wrong_by_s, detail=why, crashes=0)

    def crashed(self, claim: Claim, failure: Failure) -> None:
        """Count a crash: return the job to the queue, or fail it after too many."""
        with self._fenced(claim) as connection:
            stored = select(JOBS.c.crashes).where(JOBS.c.id == claim.job_id)
            crashes = connection.execute(stored).scalar_one()
            if crashes + 1 >= MAX_CRASHES:
                _leave(connection, claim, Edge.GIVE_UP, StepState.FAILED, failure)
            else:
                _leave(connection, claim, Edge.CRASH, StepState.WAITING)
            _set(connection, claim, crashes=crashes + 1)

    def cancelled(self, claim: Claim) -> None:
        """Mark the job as cancelled."""
        self._end(claim, Edge.CANCEL_RUNNING, StepState.WAITING)

    def released(self, claim: Claim) -> None:
        """Return the job to the queue without counting this attempt."""
        self._end(claim, Edge.RELEASE, StepState.WAITING)

    def owners(self) -> frozenset[str]:
        """Return the owners of all claims."""
        running = select(JOBS.c.owner).where(JOBS.c.status == JobStatus.RUNNING)
        helping = select(TASKS.c.owner).where(TASKS.c.state == TaskState.RUNNING)
        return frozenset((*self.database.all(running), *self.database.all(helping)))

    def expire_leases(self, owner: str) -> None:
        """Expire all leases of ``owner``, a dead process."""
        with self.database.write() as session:
            expire_leases(session.connection(), [owner])

    @contextmanager
    def _fenced(self, claim: Claim) -> Iterator[Connection]:
        """Open a write transaction; raise :class:`LeaseLost` unless the claim is valid."""
        with self.database.write() as session:
            connection = session.connection()
            if connection.execute(held(claim).with_for_update()).first() is None:
                raise LeaseLost(claim.job_id)
            yield connection

    def _end(
        self, claim: Claim, edge: Edge, step_state: StepState, failure: Failure | None = None
    ) -> None:
        with self._fenced(claim) as connection:
            _leave(connection, claim, edge, step_state, failure)


@cache  # an idle server runs this often, and building it takes longer than the answer
def _work_in(lane: str) -> Select[bool, bool]:
    """Select whether there is a job to claim, and whether there is one to end."""
    some, dead = (select(1).where(which) for which in (claimable(lane), abandoned()))
    return select(some.exists(), dead.exists())


def _leave(
    connection: Connection,
    claim: Claim,
    edge: Edge,
    step_state: StepState,
    failure: Failure | None = None,
) -> None:
    if not move(connection, claim.job_id, edge, step_state, failure):
        raise LeaseLost(claim.job_id)


def speeds_of_kinds(connection: Connection) -> dict[str, dict[str, float]]:
    """Median speed by job kind and step."""
    measured: dict[str, dict[str, list[float]]] = {}
    for row in connection.execute(select(SPEEDS.c.kind, SPEEDS.c.step, SPEEDS.c.speed)):
        measured.setdefault(row.kind, {}).setdefault(row.step, []).append(row.speed)
    return {
        kind: {step: median(speeds) for step, speeds in steps.items()}
        for kind, steps in measured.items()
    }


def _claim_of(row: Row[tuple[object, ...]], finished: tuple[FinishedStep, ...]) -> Claim:
    return Claim(row.id, row.kind, row.inputs, row.work_s, row.attempt, row.owner, finished)


def _step(claim: Claim, step: str) -> ColumnElement[bool]:
    return and_(STEPS.c.job_id == claim.job_id, STEPS.c.name == step)


def _set(connection: Connection, claim: Claim, **values: object) -> None:
    connection.execute(update(JOBS).where(JOBS.c.id == claim.job_id).values(**values))


def _set_step(connection: Connection, claim: Claim, step: str, **values: object) -> None:
    connection.execute(update(STEPS).where(_step(claim, step)).values(**values))


def _step_row(
    claim: Claim, position: int, step: ExpectedStep, seconds: Mapping[str, float | None]
) -> dict[str, object]:
    return {
        "job_id": claim.job_id,
        "name": step.name,
        "position": position,
        "state": StepState.SUCCEEDED if step.kept else StepState.WAITING,
        "progress": 1.0 if step.kept else 0.0,
        "cost_s": step.cost_s,
        "seconds": seconds.get(step.name) if step.kept else None,
    }


def _remember_speed(connection: Connection, kind: str, step: str, speed: float) -> None:
    connection.execute(insert(SPEEDS).values(kind=kind, step=step, speed=speed))
    of_step = and_(SPEEDS.c.kind == kind, SPEEDS.c.step == step)
    newest = select(SPEEDS.c.id).where(of_step).order_by(SPEEDS.c.id.desc()).limit(_SPEEDS_KEPT)
    connection.execute(delete(SPEEDS).where(of_step, SPEEDS.c.id.not_in(newest)))
