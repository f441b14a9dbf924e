"""Jobs, their steps and files, and measured step speeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _jobs()
    _steps()
    _files()
    _speeds()


def _seconds(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _part_of_job() -> list[sa.Column[str]]:
    job = sa.ForeignKey("jobs.id", ondelete="CASCADE")
    return [
        sa.Column("job_id", sa.String(), job, primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
    ]


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        _text("kind"),
        _text("title"),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        _seconds("work_s"),
        _text("status"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        _seconds("lease_until", nullable=True),
        sa.Column("failure", sa.JSON(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        _seconds("queued_s"),
        _seconds("created_s"),
        _seconds("claimed_s", nullable=True),
        _seconds("started_s", nullable=True),
        _seconds("finished_s", nullable=True),
    )
    op.create_index("ix_jobs_status_user", "jobs", ["status", "user_id"])
    op.create_index("ix_jobs_user_created", "jobs", ["user_id", "created_s"])
    op.create_index("ix_jobs_user_claimed", "jobs", ["user_id", "claimed_s"])


def _steps() -> None:
    op.create_table(
        "job_steps",
        *_part_of_job(),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("state"),
        _seconds("progress"),
        _seconds("cost_s"),
        _seconds("seconds", nullable=True),
        _seconds("started_s", nullable=True),
    )


def _files() -> None:
    op.create_table(
        "job_files",
        *_part_of_job(),
        _text("step"),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _text("sha256"),
    )


def _speeds() -> None:
    op.create_table(
        "step_speeds",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("kind"),
        _text("step"),
        _seconds("speed"),
    )
    op.create_index("ix_step_speeds_kind_step", "step_speeds", ["kind", "step"])
