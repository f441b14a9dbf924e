"""Tables of jobs, steps, tasks, files and step speeds."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Index, Text, text
from sqlmodel import BigInteger, Field, SQLModel

_IS_PENDING = text("status IN ('queued', 'running')")


class JobRow(SQLModel, table=True):
    """A job's row; all times are seconds since 1970 by the database's clock.

    ``after_job_id`` is the job that must succeed first; no foreign key, since it may be deleted.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_status_user", "status", "user_id"),
        Index("ix_jobs_list", "user_id", "created_s", "id", "kind", "status"),
        Index("ix_jobs_turns", "user_id", "lane", "claimed_s"),
        Index("ix_jobs_after_job", "after_job_id"),
        Index("ix_jobs_ended", "status", "finished_s"),
        Index(
            "ix_jobs_pending",
            *("lane", "user_id", "queued_s", "id"),
            sqlite_where=_IS_PENDING,
            postgresql_where=_IS_PENDING,
        ),
    )
    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id")
    kind: str
    title: str
    request: str = Field(sa_type=Text)
    inputs: str = Field(sa_type=Text)
    work_s: float = Field(sa_type=Double)
    lane: str = "work"
    after_job_id: str | None = None
    not_before_s: float | None = Field(default=None, sa_type=Double)
    status: str
    attempt: int = 0
    crashes: int = 0
    cancel_requested: bool = False
    owner: str | None = None
    lease_until: float | None = Field(default=None, sa_type=Double)
    failure: dict[str, str | bool] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )
    detail: str | None = None
    notes: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))
    queued_s: float = Field(sa_type=Double)
    created_s: float = Field(sa_type=Double)
    claimed_s: float | None = Field(default=None, sa_type=Double)
    started_s: float | None = Field(default=None, sa_type=Double)
    finished_s: float | None = Field(default=None, sa_type=Double)


class JobStepRow(SQLModel, table=True):
    """A step of a job's latest attempt."""

    __tablename__ = "job_steps"
    job_id: str = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    position: int
    state: str
    progress: float = Field(default=0.0, sa_type=Double)
    cost_s: float = Field(sa_type=Double)
    seconds: float | None = Field(default=None, sa_type=Double)
    started_s: float | None = Field(default=None, sa_type=Double)


class JobFileRow(SQLModel, table=True):
    """A file in a job's workspace; an artifact for the user if it has a media type.

    The times of downloads are only set with ``EPHEMERAL``: of the last download up to the last
    byte, and until when the file was read, by players too.
    """

    __tablename__ = "job_files"
    job_id: str = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    step: str
    media_type: str | None
    size: int = Field(sa_type=BigInteger)
    sha256: str
    downloaded_s: float | None = Field(default=None, sa_type=Double)
    read_until_s: float | None = Field(default=None, sa_type=Double)


class TaskRow(SQLModel, table=True):
    """A task of a running job's step; ``failures`` counts those of other workers than the job's."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_key", "job_id", "step", "key", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    job_id: str = Field(foreign_key="jobs.id", ondelete="CASCADE")
    step: str
    key: str
    position: int
    cost_s: float = Field(sa_type=Double)
    lane: str | None = None
    state: str
    attempt: int = 0
    failures: int = 0
    helps: bool = False
    owner: str | None = None
    lease_until: float | None = Field(default=None, sa_type=Double)
    seconds: float | None = Field(default=None, sa_type=Double)
    files: list[dict[str, str | int | None]] = Field(
        default=[], sa_column=Column(JSON, nullable=False)
    )


class StepSpeedRow(SQLModel, table=True):
    """Seconds of a finished step per second of input audio; kept after its job's deletion."""

    __tablename__ = "step_speeds"
    __table_args__ = (Index("ix_step_speeds_kind_step", "kind", "step"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    step: str
    speed: float = Field(sa_type=Double)


JOBS = SQLModel.metadata.tables["jobs"]
STEPS = SQLModel.metadata.tables["job_steps"]
TASKS = SQLModel.metadata.tables["tasks"]
FILES = SQLModel.metadata.tables["job_files"]
SPEEDS = SQLModel.metadata.tables["step_speeds"]
