"""Rows of the files that a job's steps wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, and_, delete, insert, or_, select

from ...jobs.states import FinishedStep, StepState
from ...jobs.workspace import WrittenFile
from ..database import record_of
from .tables import FILES, STEPS


def finished_steps(connection: Connection, job_id: str) -> tuple[FinishedStep, ...]:
    """The finished steps of a job with their files."""
    of_job = and_(STEPS.c.job_id == job_id, STEPS.c.state == StepState.SUCCEEDED)
    names = connection.execute(select(STEPS.c.name).where(of_job)).scalars().all()
    files: dict[str, list[WrittenFile]] = {name: [] for name in names}
    for row in connection.execute(select(FILES).where(FILES.c.job_id == job_id)):
        if row.step in files:
            files[row.step].append(record_of(WrittenFile, row))
    return tuple(FinishedStep(name, tuple(written)) for name, written in files.items())


def put_files(connection: Connection, job_id: str, step: str, files: Sequence[WrittenFile]) -> None:
    """Store the files of a step, in place of those that it had."""
    newest = {file.name: file for file in files}
    # A step may replace a file of an earlier step, and then owns it.
    replaced = or_(FILES.c.step == step, FILES.c.name.in_(newest))
    connection.execute(delete(FILES).where(FILES.c.job_id == job_id, replaced))
    rows = [{"job_id": job_id, "step": step, **asdict(file)} for file in newest.values()]
    if rows:
        connection.execute(insert(FILES), rows)
