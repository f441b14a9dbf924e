"""The job queue in SQL: atomic claims, leases, and fenced writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from ..jobs.estimate import paced
from ..jobs.queue import WORK, Claim, ExpectedStep, LeaseLost, Standing
from ..jobs.states import MAX_CRASHES, Edge, Failure, FinishedStep, JobStatus, StepState
from ..jobs.workspace import WrittenFile
from .clock import now_s
from .database import Database
from .job_claims import claimable, end_the_hopeless, held, hopeless, move, take_next
from .job_tables import FILES, JOBS, SPEEDS, STEPS

# Enough to be steady, few enough to follow a machine that gets faster or slower.
_SPEEDS_KEPT = 20
# Of an attempt that has finished a step: should it die, its death counts up to 0 and no further.
_PROGRESSED = -1


@dataclass(frozen=True, slots=True)
class SqlJobQueue:
    """:class:`~backend.app.jobs.queue.JobQueue` over a database that all its users share."""

    database: Database

    def claim(self, owner: str, lease_s: float, lane: str = WORK) -> Claim | None:
        """Take the next job; looks first, for the write lock is everybody's."""
        some, dead = select(1).where(claimable(lane)), select(1).where(hopeless())
        with self.database.read() as session:
            is_some = session.connection().execute(some.limit(1)).first() is not None
            is_dead = session.connection().execute(dead.limit(1)).first() is not None
        if is_dead:
            with self.database.write() as session:
                end_the_hopeless(session.connection())
        if not is_some:
            return None
        statement = take_next(owner, lease_s, lane)
        with self.database.write() as session:
            connection = session.connection()
            row = connection.execute(statement).first()
            return None if row is None else _claim_of(row, _finished_steps(connection, row.id))

    def standing(self, claim: Claim) -> Standing:
        """Whether the job is still ours and wanted."""
        with self.database.read() as session:
            row = session.connection().execute(held(claim)).first()
        if row is None:
            return Standing.LOST
        return Standing.CANCELLED if row.cancel_requested else Standing.OURS

    def beat(self, claim: Claim, lease_s: float) -> None:
        """Make the lease last for another ``lease_s`` seconds."""
        with self._fenced(claim) as connection:
            _set(connection, claim, lease_until=now_s() + lease_s)

    def speeds(self, kind: str) -> Mapping[str, float]:
        """The median speed of each step of this kind."""
        with self.database.read() as session:
            return speeds_of_kinds(session.connection()).get(kind, {})

    def planned(self, claim: Claim, steps: Sequence[ExpectedStep]) -> None:
        """Write down the attempt's steps; files of steps that are not kept are forgotten."""
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
        """The step runs."""
        with self._fenced(claim) as connection:
            _set_step(connection, claim, step, state=StepState.RUNNING, started_s=now_s())
            _set(connection, claim, detail=None)

    def progressed(
        self, claim: Claim, step: str, fraction: float, detail: str | None = None
    ) -> None:
        """The step is at ``fraction`` of its way; it never goes back."""
        with self._fenced(claim) as connection:
            if detail is not None:
                _set(connection, claim, detail=detail)
            connection.execute(
                update(STEPS)
                .where(_step(claim, step), STEPS.c.progress < fraction)
                .values(progress=fraction)
            )

    def noted(self, claim: Claim, text: str) -> None:
        """Put a sentence on the job, once."""
        with self._fenced(claim) as connection:
            notes = connection.execute(
                select(JOBS.c.notes).where(JOBS.c.id == claim.job_id)
            ).scalar_one()
            if text not in notes:
                _set(connection, claim, notes=[*notes, text])

    def step_finished(
        self, claim: Claim, step: str, files: Sequence[WrittenFile], seconds: float, pace: str = ""
    ) -> None:
        """The step is through: it, its files and its speed are written down together."""
        with self._fenced(claim) as connection:
            _set_step(
                connection, claim, step, state=StepState.SUCCEEDED, progress=1.0, seconds=seconds
            )
            _set(connection, claim, crashes=_PROGRESSED)
            _put_files(connection, claim.job_id, step, files)
            if claim.work_s > 0:
                name = paced(step, pace)
                _remember_speed(connection, claim.kind, name, seconds / claim.work_s)

    def succeeded(self, claim: Claim) -> None:
        """The job is through."""
        self._end(claim, Edge.FINISH, StepState.SUCCEEDED)

    def failed(self, claim: Claim, failure: Failure) -> None:
        """The job ends because a step cannot go on."""
        self._end(claim, Edge.FAIL, StepState.FAILED, failure)

    def paused(self, claim: Claim, until_s: float, why: str) -> None:
        """Hand the job back, to be tried again from ``until_s`` on."""
        with self._fenced(claim) as connection:
            _leave(connection, claim, Edge.PAUSE, StepState.WAITING)
            _set(connection, claim, not_before_s=until_s, detail=why, crashes=0)

    def crashed(self, claim: Claim, failure: Failure) -> None:
        """The attempt died: the job waits for another, or ends if it was the last."""
        with self._fenced(claim) as connection:
            crashes = connection.execute(
                select(JOBS.c.crashes).where(JOBS.c.id == claim.job_id)
            ).scalar_one()
            if crashes + 1 >= MAX_CRASHES:
                _leave(connection, claim, Edge.GIVE_UP, StepState.FAILED, failure)
            else:
                _leave(connection, claim, Edge.CRASH, StepState.WAITING)
            _set(connection, claim, crashes=crashes + 1)

    def cancelled(self, claim: Claim) -> None:
        """The job ends because its owner wants it to."""
        self._end(claim, Edge.CANCEL_RUNNING, StepState.WAITING)

    def released(self, claim: Claim) -> None:
        """Hand the job back as if this attempt had not been."""
        self._end(claim, Edge.RELEASE, StepState.WAITING)

    def owners(self) -> frozenset[str]:
        """The owners of all claims."""
        running = select(JOBS.c.owner).where(JOBS.c.status == JobStatus.RUNNING).distinct()
        with self.database.read() as session:
            return frozenset(session.connection().execute(running).scalars())

    def disown(self, owner: str) -> None:
        """End the leases of ``owner``, which is known to be dead."""
        with self.database.write() as session:
            session.connection().execute(
                update(JOBS)
                .where(JOBS.c.owner == owner, JOBS.c.status == JobStatus.RUNNING)
                .values(lease_until=0.0)
            )

    @contextmanager
    def _fenced(self, claim: Claim) -> Iterator[Connection]:
        """A write transaction that changes nothing unless the claim holds."""
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
    """Kind, then step: the median of the kept measurements."""
    measured: dict[str, dict[str, list[float]]] = {}
    for row in connection.execute(select(SPEEDS.c.kind, SPEEDS.c.step, SPEEDS.c.speed)):
        measured.setdefault(row.kind, {}).setdefault(row.step, []).append(row.speed)
    return {
        kind: {step: median(speeds) for step, speeds in steps.items()}
        for kind, steps in measured.items()
    }


def _claim_of(row: Row[tuple[object, ...]], finished: tuple[FinishedStep, ...]) -> Claim:
    return Claim(row.id, row.kind, row.inputs, row.work_s, row.attempt, row.owner, finished)


def _finished_steps(connection: Connection, job_id: str) -> tuple[FinishedStep, ...]:
    of_job = and_(STEPS.c.job_id == job_id, STEPS.c.state == StepState.SUCCEEDED)
    names = connection.execute(select(STEPS.c.name).where(of_job)).scalars().all()
    files: dict[str, list[WrittenFile]] = {name: [] for name in names}
    for row in connection.execute(select(FILES).where(FILES.c.job_id == job_id)):
        if row.step in files:
            files[row.step].append(WrittenFile(row.name, row.media_type, row.size, row.sha256))
    return tuple(FinishedStep(name, tuple(written)) for name, written in files.items())


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


def _put_files(
    connection: Connection, job_id: str, step: str, files: Sequence[WrittenFile]
) -> None:
    connection.execute(delete(FILES).where(FILES.c.job_id == job_id, FILES.c.step == step))
    newest = {file.name: file for file in files}
    rows = [{"job_id": job_id, "step": step, **asdict(file)} for file in newest.values()]
    if rows:
        connection.execute(insert(FILES), rows)


def _remember_speed(connection: Connection, kind: str, step: str, speed: float) -> None:
    connection.execute(insert(SPEEDS).values(kind=kind, step=step, speed=speed))
    of_step = and_(SPEEDS.c.kind == kind, SPEEDS.c.step == step)
    newest = select(SPEEDS.c.id).where(of_step).order_by(SPEEDS.c.id.desc()).limit(_SPEEDS_KEPT)
    connection.execute(delete(SPEEDS).where(of_step, SPEEDS.c.id.not_in(newest)))
