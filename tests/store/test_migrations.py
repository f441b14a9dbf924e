"""Databases of every earlier revision are migrated, with their rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from backend.app.store import database
from backend.app.store.database import MIGRATIONS, known_revisions, open_database
from backend.app.store.jobs.job_store import JobFilter, JobStore

REVISIONS = [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
WITH_JOBS = REVISIONS[REVISIONS.index("0002") :]


@pytest.fixture(autouse=True)
def migrated_for_real(monkeypatch, real_migration):
    """Disable the shared migrated database: these tests run migrations."""
    monkeypatch.setattr(database, "_migrate", real_migration)


def made_at(revision: str, folder: Path) -> Path:
    """A database as the version with this revision created it."""
    file = folder / "segue.db"
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    return file


def insert(file: Path, table: str, **given: object) -> None:
    """Insert a row; missing required columns get a value of their type."""
    with sqlite3.connect(file) as db:
        columns = db.execute(f"PRAGMA table_info({table})").fetchall()
        row = {
            name: given.get(name, "[]" if name == "notes" else "x" if "CHAR" in type_ else 0)
            for _, name, type_, required, default, _ in columns
            if name in given or (required and default is None)
        }
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


@pytest.mark.parametrize("revision", REVISIONS)
def test_rows_of_every_earlier_revision_are_kept(revision: str, tmp_path: Path):
    file = made_at(revision, tmp_path)
    insert(file, "users", id="ann", email="ann@example.org", created_at="2026-01-02 03:04:05")
    n_jobs = 3 if revision in WITH_JOBS else 0
    for number in range(n_jobs):
        insert(
            file,
            "jobs",
            **{"id": f"j{number}", "user_id": "ann", "kind": "mixtape", "title": f"Mix {number}"},
            **{"status": "succeeded", "created_s": float(number), "request": "{}", "inputs": "{}"},
        )
    opened = open_database(f"sqlite:///{file}")
    page = JobStore(opened).page("ann", JobFilter(kinds=("mixtape",)), 20)
    assert [record.job.title for record in page] == ["Mix 2", "Mix 1", "Mix 0"][:n_jobs]
    assert known_revisions() == set(REVISIONS)
    with opened.read() as session:
        kept = session.connection().execute(sa.text("SELECT email FROM users")).scalars().all()
        reached = session.connection().execute(sa.text("SELECT * FROM alembic_version")).scalar()
    assert (kept, reached) == (["ann@example.org"], REVISIONS[-1])
    opened.close()
