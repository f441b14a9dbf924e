"""Choose the next job to run, and move job rows between states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Double,
    FromClause,
    Select,
    String,
    Subquery,
    bindparam,
    literal,
)
from sqlalchemy.sql import and_, case, delete, exists, func, not_, or_, select, true, update
from sqlalchemy.sql.dml import ReturningUpdate

from ...jobs.queue import Claim
from ...jobs.states import (
    MAX_CRASHES,
    PENDING,
    Edge,
    Failure,
    JobStatus,
    StepState,
    sources,
    target,
)
from ...jobs.tasks.queue import TaskState
from ..clock import now_s
from .ended import count_end
from .notifications import announce
from .tables import JOBS, STEPS, TASKS
from .webhooks import queue_message

_VANISHED = Failure(
    "interrupted",
    "The job's process died several times without finishing a step.",
    "Often the job needs more memory than there is. Retry continues after the last finished step.",
    retryable=True,
)


def is_pending(jobs: FromClause = JOBS) -> ColumnElement[bool]:
    """Condition: the job has not ended.

    Its values are part of the statement's text: only then does a database see that the index of
    pending jobs is enough.
    """
    return jobs.c.status.in_(
        [literal(status.value, literal_execute=True) for status in sorted(PENDING)]
    )


def lease_is_over() -> ColumnElement[bool]:
    """Condition: the row's status is running, but its lease has expired."""
    return and_(JOBS.c.status == JobStatus.RUNNING, JOBS.c.lease_until < now_s())


def is_ready() -> ColumnElement[bool]:
    """Condition: the row waits neither for another job nor for a time."""
    source = JOBS.alias("source")
    unfinished = exists().where(
        source.c.id == JOBS.c.after_job_id, source.c.status != JobStatus.SUCCEEDED
    )
    too_early = and_(JOBS.c.not_before_s.is_not(None), JOBS.c.not_before_s > now_s())
    return and_(not_(too_early), or_(JOBS.c.after_job_id.is_(None), not_(unfinished)))


def claimable(lane: str) -> ColumnElement[bool]:
    """Condition: a supervisor of this lane may claim the row."""
    waits = and_(JOBS.c.status == JobStatus.QUEUED, is_ready())
    left_alone = and_(lease_is_over(), JOBS.c.crashes < MAX_CRASHES - 1)
    wanted = and_(JOBS.c.lane == lane, not_(JOBS.c.cancel_requested))
    return and_(is_pending(), or_(waits, left_alone), wanted)


def abandoned() -> ColumnElement[bool]:
    """Condition: the row is not running and must not run again.

    Its job was cancelled, or crashed too often.
    """
    waits = JOBS.c.status == JobStatus.QUEUED
    unwanted, poison = JOBS.c.cancel_requested, JOBS.c.crashes >= MAX_CRASHES - 1
    ended_badly = or_(and_(waits, unwanted), and_(lease_is_over(), or_(unwanted, poison)))
    return and_(is_pending(), ended_badly)


@cache  # building the statement takes longer than running it
def take_next(
    lane: str, per_user: int | None, *, any_user: bool = False
) -> ReturningUpdate[tuple[object, ...]]:
    """Claim the next job in one atomic statement; ``JobQueue`` documents the order.

    Its parameters are ``claimed_by`` and ``lease_seconds``. Workers that claim at the same moment
    skip the rows that others are claiming (``SKIP LOCKED``). If those are all jobs of the user
    whose turn it is, nothing is claimed, except with ``any_user``, which sorts all waiting jobs.
    """
    owner = bindparam("claimed_by", type_=String)
    turn = _turns(lane, owner, per_user)
    order = (turn.c.running, turn.c.served_s, turn.c.oldest_s, turn.c.user_id)
    waiting = select(JOBS.c.id).where(claimable(lane))
    if any_user:
        waiting = waiting.join(turn, turn.c.user_id == JOBS.c.user_id).order_by(*order)
    else:
        user_id = select(turn.c.user_id).order_by(*order).limit(1).scalar_subquery()
        waiting = waiting.where(JOBS.c.user_id == user_id)
    next_job = (
        waiting.order_by(JOBS.c.queued_s, JOBS.c.id)
        .limit(1)
        .with_for_update(of=JOBS, skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(JOBS)
        .where(JOBS.c.id == next_job, claimable(lane))
        .values(
            # A claimed job with status "running" was interrupted by the death of its process.
            crashes=JOBS.c.crashes + case((JOBS.c.status == JobStatus.RUNNING, 1), else_=0),
            status=target(Edge.CLAIM),
            attempt=JOBS.c.attempt + 1,
            owner=owner,
            lease_until=now_s() + bindparam("lease_seconds", type_=Double),
            claimed_s=now_s(),
            not_before_s=None,
            started_s=func.coalesce(JOBS.c.started_s, now_s()),
        )
        .returning(JOBS)
    )


def _turns(lane: str, owner: BindParameter[str], per_user: int | None) -> Subquery:
    """Select the users with waiting jobs in a lane, and what decides whose turn it is."""
    waiting = (
        select(JOBS.c.user_id, func.min(JOBS.c.queued_s).label("oldest_s"))
        .where(claimable(lane))
        .group_by(JOBS.c.user_id)
        .subquery()
    )
    other = JOBS.alias("other")
    of_user = and_(other.c.user_id == waiting.c.user_id, other.c.lane == lane)
    running = select(func.count()).where(
        *(of_user, is_pending(other)),
        *(other.c.status == JobStatus.RUNNING, other.c.lease_until >= now_s()),
    )
    may_run_more: ColumnElement[bool] = true()
    if per_user is not None:
        may_run_more = running.where(other.c.owner == owner).scalar_subquery() < per_user
    served = select(func.coalesce(func.max(other.c.claimed_s), 0.0)).where(of_user)
    return (
        select(
            waiting.c.user_id,
            waiting.c.oldest_s,
            running.scalar_subquery().label("running"),
            served.scalar_subquery().label("served_s"),
        )
        .where(may_run_more)
        .subquery()
    )


def end_abandoned(connection: Connection) -> None:
    """Cancel or fail the jobs that :func:`abandoned` finds."""
    is_over, unwanted = lease_is_over(), JOBS.c.cancel_requested
    waits = JOBS.c.status == JobStatus.QUEUED
    poison = JOBS.c.crashes >= MAX_CRASHES - 1
    _move_all(connection, and_(waits, unwanted), Edge.CANCEL_WAITING, StepState.WAITING)
    _move_all(connection, and_(is_over, unwanted), Edge.CANCEL_RUNNING, StepState.WAITING)
    _move_all(connection, and_(is_over, poison), Edge.GIVE_UP, StepState.FAILED, _VANISHED)


def _move_all(
    connection: Connection,
    which: ColumnElement[bool],
    edge: Edge,
    step_state: StepState,
    failure: Failure | None = None,
) -> None:
    for job_id in connection.execute(select(JOBS.c.id).where(which)).scalars().all():
        move(connection, job_id, edge, step_state, failure)


def move(
    connection: Connection,
    job_id: str,
    edge: Edge,
    step_state: StepState = StepState.WAITING,
    failure: Failure | None = None,
) -> bool:
    """Move a job along ``edge`` if its status allows; also set its running step's state.

    Jobs that wait for it may start then. Tasks that are not done are deleted, which voids their
    claims; after a success, all are.
    """
    status = target(edge)
    ended = None if status is JobStatus.QUEUED else now_s()
    moved = connection.execute(
        update(JOBS)
        .where(JOBS.c.id == job_id, JOBS.c.status.in_(sources(edge)))
        .values(
            status=status,
            owner=None,
            lease_until=None,
            finished_s=ended,
            detail=None,
            not_before_s=None,
            failure=None if failure is None else asdict(failure),
        )
    )
    if moved.rowcount == 0:
        return False
    running = and_(STEPS.c.job_id == job_id, STEPS.c.state == StepState.RUNNING)
    connection.execute(update(STEPS).where(running).values(state=step_state))
    is_left = TASKS.c.state != TaskState.DONE if edge is not Edge.FINISH else true()
    connection.execute(delete(TASKS).where(TASKS.c.job_id == job_id, is_left))
    if ended is not None:
        queue_message(connection, job_id, status)
        kind = connection.execute(select(JOBS.c.kind).where(JOBS.c.id == job_id)).scalar_one()
        count_end(connection, kind, status)
    announce(connection)
    return True


def expire_leases(connection: Connection, owners: Sequence[str]) -> None:
    """Expire all leases of ``owners`` when this transaction commits, and wake the executors.

    A job that no one has claimed yet stays theirs: their next heartbeat renews its lease.
    """
    if not owners:
        return
    jobs = and_(JOBS.c.owner.in_(owners), JOBS.c.status == JobStatus.RUNNING)
    tasks = and_(TASKS.c.owner.in_(owners), TASKS.c.state == TaskState.RUNNING)
    connection.execute(update(JOBS).where(jobs).values(lease_until=0.0))
    connection.execute(update(TASKS).where(tasks).values(lease_until=0.0))
    announce(connection)


def held(claim: Claim) -> Select[tuple[bool]]:
    """Select the claim's row if the claim is valid: the fence before every write."""
    return select(JOBS.c.cancel_requested).where(
        JOBS.c.id == claim.job_id,
        JOBS.c.owner == claim.owner,
        JOBS.c.attempt == claim.attempt,
        JOBS.c.status == JobStatus.RUNNING,
    )
