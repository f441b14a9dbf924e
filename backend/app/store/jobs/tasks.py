"""The task queue in SQL: which task is next, leases, and fenced writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select
from sqlalchemy.sql import and_, case, delete, func, insert, not_, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from ...jobs.cache_uses import CacheUse
from ...jobs.messages import Task
from ...jobs.queue import GPU, Claim, LeaseLost
from ...jobs.states import JobStatus
from ...jobs.tasks.queue import MOST_HELPER_FAILURES, Help, Standing, TaskClaim, TaskState
from ...jobs.workspace import WrittenFile
from ..clock import now_s
from ..database import Database, record_of
from .claims import held, is_pending
from .ended import count_caches
from .notifications import announce
from .step_files import finished_steps
from .tables import JOBS, TASKS
from .workers import WorkerStore


@dataclass(frozen=True, slots=True)
class SqlTaskQueue:
    """The :class:`~backend.app.jobs.tasks.queue.TaskQueue` in a shared database."""

    database: Database

    def planned(self, claim: Claim, step: str, tasks: Sequence[Task]) -> None:
        """Open the tasks of a step, those that take longest first."""
        with self.database.write() as session:
            connection = session.connection()
            if connection.execute(held(claim).with_for_update()).first() is None:
                raise LeaseLost(claim.job_id)
            of_step = and_(TASKS.c.job_id == claim.job_id, TASKS.c.step == step)
            busy = and_(_is_running(), TASKS.c.lease_until >= now_s(), TASKS.c.helps)
            old = or_(
                TASKS.c.key.in_([task.key for task in tasks]), TASKS.c.state != TaskState.DONE
            )
            connection.execute(delete(TASKS).where(of_step, old, not_(busy)))
            left = connection.execute(select(TASKS.c.key).where(of_step, busy)).scalars().all()
            rows = [
                _row(claim.job_id, step, position, task)
                for position, task in enumerate(sorted(tasks, key=lambda one: -one.cost_s))
                if task.key not in left
            ]
            if rows:
                connection.execute(insert(TASKS), rows)
            announce(connection)

    def take(
        self,
        job_id: str,
        step: str,
        owner: str,
        lease_s: float,
        attempt: int | None = None,
        *,
        spares_gpu: bool = False,
    ) -> TaskClaim | None:
        """Take the step's task that was planned to take longest; read first, as :meth:`help`."""
        which = and_(TASKS.c.job_id == job_id, TASKS.c.step == step, _is_free())
        if attempt is None:
            which = and_(which, TASKS.c.failures < MOST_HELPER_FAILURES)
        else:
            which = and_(which, JOBS.c.owner == owner, JOBS.c.attempt == attempt)
        if spares_gpu and self._gpu_is_alive():
            which = and_(which, or_(TASKS.c.lane.is_(None), JOBS.c.lane == GPU))
        chosen = (
            select(TASKS.c.id)
            .join(JOBS, JOBS.c.id == TASKS.c.job_id)
            .where(which, _is_wanted())
            .order_by(TASKS.c.position)
        )
        if self.database.first(chosen.limit(1)) is None:
            return None
        with self.database.write() as session:
            return _take(session.connection(), chosen, owner, lease_s, helps=attempt is None)

    def help(
        self,
        owner: str,
        lease_s: float,
        lane: str,
        per_user: int | None = None,
        unfit: Collection[str] = (),
    ) -> Help | None:
        """Take a task of another worker's job; read first, because the write lock is shared."""
        which = _needs_help(lane, gpu_is_alive=self._gpu_is_alive())
        if unfit:
            which = and_(which, JOBS.c.id.not_in(unfit))
        if per_user is not None:
            which = and_(which, _places_of(owner, lane) < per_user)
        open_tasks = select(TASKS.c.id).join(JOBS, JOBS.c.id == TASKS.c.job_id).where(which)
        if self.database.first(open_tasks.limit(1)) is None:
            return None
        chosen = open_tasks.order_by(
            _helpers_of_user(lane), JOBS.c.claimed_s, JOBS.c.id, TASKS.c.position
        )
        with self.database.write() as session:
            connection = session.connection()
            task = _take(connection, chosen, owner, lease_s, helps=True)
            if task is None:
                return None
            job = connection.execute(select(JOBS).where(JOBS.c.id == task.job_id)).one()
            finished = finished_steps(connection, task.job_id)
            return Help(task, job.kind, job.inputs, job.work_s, finished)

    def standing(self, job_id: str, step: str) -> Standing:
        """Count the step's tasks that are not done."""
        is_done = TASKS.c.state == TaskState.DONE
        counts = select(
            func.count(case((not_(is_done), 1))),
            func.coalesce(func.sum(case((is_done, TASKS.c.cost_s))), 0.0),
            func.coalesce(func.sum(TASKS.c.cost_s), 0.0),
        ).where(TASKS.c.job_id == job_id, TASKS.c.step == step)
        with self.database.read() as session:
            return Standing(*session.connection().execute(counts).one())

    def open_in(self, lane: str, limit: int) -> Sequence[str]:
        """Return the job's id for each task that another worker may take."""
        joined = select(TASKS.c.job_id).join(JOBS, JOBS.c.id == TASKS.c.job_id)
        which = _needs_help(lane, gpu_is_alive=self._gpu_is_alive())
        return self.database.all(joined.where(which).limit(limit))

    def _gpu_is_alive(self) -> bool:
        return WorkerStore(self.database).has_gpu()

    def is_wanted(self, job_id: str) -> bool:
        """Whether the job is running and not cancelled."""
        found = select(JOBS.c.id).where(JOBS.c.id == job_id, _is_wanted())
        return self.database.first(found) is not None

    def beat(self, tasks: Collection[TaskClaim], lease_s: float) -> None:
        """Renew the leases of these tasks in one statement."""
        if tasks:
            self.database.change(
                update(TASKS).where(_held(tasks)).values(lease_until=now_s() + lease_s)
            )

    def finished(
        self,
        task: TaskClaim,
        files: Sequence[WrittenFile],
        seconds: float,
        caches: Sequence[CacheUse] = (),
    ) -> None:
        """Store a finished task with its files."""
        done = (
            update(TASKS)
            .where(_held([task]))
            .values(
                state=TaskState.DONE,
                lease_until=None,
                seconds=seconds,
                files=[asdict(file) for file in files],
            )
        )
        with self.database.write() as session:
            connection = session.connection()
            if connection.execute(done).rowcount == 0:
                raise LeaseLost(f"{task.job_id} {task.step} {task.key}")
            count_caches(connection, caches)

    def released(self, tasks: Collection[TaskClaim], *, failed: bool) -> None:
        """Open these tasks again."""
        if not tasks:
            return
        with self.database.write() as session:
            connection = session.connection()
            connection.execute(
                update(TASKS)
                .where(_held(tasks))
                .values(
                    state=TaskState.OPEN,
                    owner=None,
                    lease_until=None,
                    failures=TASKS.c.failures + (1 if failed else 0),
                )
            )
            announce(connection)


def _row(job_id: str, step: str, position: int, task: Task) -> dict[str, object]:
    return {
        "job_id": job_id,
        "step": step,
        "key": task.key,
        "position": position,
        "cost_s": task.cost_s,
        "lane": task.lane,
        "state": TaskState.OPEN,
        "attempt": 0,
        "failures": 0,
        "helps": False,
        "files": [],
    }


def _take(
    connection: Connection,
    chosen: Select[tuple[int]],
    owner: str,
    lease_s: float,
    *,
    helps: bool,
) -> TaskClaim | None:
    """Claim the first of the chosen tasks that no other worker is claiming at this moment."""
    task_id = chosen.limit(1).with_for_update(of=TASKS, skip_locked=True).scalar_subquery()
    row = connection.execute(_claimed(task_id, owner, lease_s, helps=helps)).first()
    return None if row is None else record_of(TaskClaim, row)


def _claimed(
    task_id: ScalarSelect[int], owner: str, lease_s: float, *, helps: bool
) -> ReturningUpdate[tuple[object, ...]]:
    return (
        update(TASKS)
        .where(TASKS.c.id == task_id, _is_free())
        .values(
            # A running task whose lease is over was interrupted by the death of its worker.
            failures=TASKS.c.failures + case((and_(_is_running(), TASKS.c.helps), 1), else_=0),
            state=TaskState.RUNNING,
            attempt=TASKS.c.attempt + 1,
            helps=helps,
            owner=owner,
            lease_until=now_s() + lease_s,
        )
        .returning(TASKS)
    )


def _is_running() -> ColumnElement[bool]:
    return TASKS.c.state == TaskState.RUNNING


def _is_free() -> ColumnElement[bool]:
    """Condition: the task is open, or its lease is over."""
    return or_(TASKS.c.state == TaskState.OPEN, and_(_is_running(), TASKS.c.lease_until < now_s()))


def _is_wanted() -> ColumnElement[bool]:
    return and_(JOBS.c.status == JobStatus.RUNNING, not_(JOBS.c.cancel_requested))


def _needs_help(lane: str, *, gpu_is_alive: bool) -> ColumnElement[bool]:
    """Condition: another worker may take the task in this lane."""
    of_lane = JOBS.c.lane == lane
    if gpu_is_alive:
        of_lane = or_(TASKS.c.lane == lane, and_(TASKS.c.lane.is_(None), of_lane))
    alive = and_(is_pending(), _is_wanted(), JOBS.c.lease_until >= now_s())
    fit = TASKS.c.failures < MOST_HELPER_FAILURES
    return and_(of_lane, alive, _is_free(), fit)


def _helpers_of_user(lane: str) -> ScalarSelect[int]:
    """Count the tasks of the job's user that other workers run in the lane."""
    task, job = TASKS.alias("helped"), JOBS.alias("helped_job")
    running = and_(task.c.state == TaskState.RUNNING, task.c.helps, task.c.lease_until >= now_s())
    return (
        select(func.count())
        .select_from(task.join(job, job.c.id == task.c.job_id))
        .where(job.c.user_id == JOBS.c.user_id, job.c.lane == lane, running)
        .correlate(JOBS)
        .scalar_subquery()
    )


def _places_of(owner: str, lane: str) -> ColumnElement[int]:
    """Count what ``owner`` runs of the job's user in the lane: jobs, and tasks of others' jobs."""
    task, job, own = TASKS.alias("own_task"), JOBS.alias("own_task_job"), JOBS.alias("own_job")
    jobs = select(func.count()).where(
        own.c.user_id == JOBS.c.user_id,
        own.c.lane == lane,
        own.c.status == JobStatus.RUNNING,
        own.c.owner == owner,
    )
    tasks = (
        select(func.count())
        .select_from(task.join(job, job.c.id == task.c.job_id))
        .where(job.c.user_id == JOBS.c.user_id, job.c.lane == lane)
        .where(task.c.state == TaskState.RUNNING, task.c.helps, task.c.owner == owner)
    )
    return jobs.correlate(JOBS).scalar_subquery() + tasks.correlate(JOBS).scalar_subquery()


def _held(tasks: Collection[TaskClaim]) -> ColumnElement[bool]:
    """Condition: the row is one of these claims, and the claim is valid: the fence."""
    return or_(
        *(
            and_(TASKS.c.id == task.id, TASKS.c.owner == task.owner, _is_running())
            & (TASKS.c.attempt == task.attempt)
            for task in tasks
        )
    )
