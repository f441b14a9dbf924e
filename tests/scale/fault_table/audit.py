"""What happened to jobs, written down by triggers in the database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from tests.patience import PATIENCE_S

_SCHEMA = """
CREATE TABLE fault_audit (
    id bigserial PRIMARY KEY,
    at_s double precision NOT NULL DEFAULT extract(epoch FROM clock_timestamp()),
    what text NOT NULL, job_id text NOT NULL, name text, state text);

CREATE FUNCTION audit_job() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.status <> OLD.status OR NEW.attempt <> OLD.attempt THEN
        INSERT INTO fault_audit (what, job_id, name, state)
        VALUES ('job', NEW.id, NEW.attempt::text, NEW.status); END IF;
    RETURN NULL; END $$;
CREATE TRIGGER audit AFTER UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION audit_job();

CREATE FUNCTION audit_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> OLD.state THEN
        INSERT INTO fault_audit (what, job_id, name, state)
        VALUES ('step', NEW.job_id, NEW.name, NEW.state);
    ELSIF NEW.progress <> OLD.progress THEN
        INSERT INTO fault_audit (what, job_id, name, state)
        VALUES ('progress', NEW.job_id, NEW.name, NEW.progress::text); END IF;
    RETURN NULL; END $$;
CREATE TRIGGER audit AFTER UPDATE ON job_steps FOR EACH ROW EXECUTE FUNCTION audit_step();

CREATE FUNCTION audit_task() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> OLD.state OR NEW.attempt <> OLD.attempt THEN
        INSERT INTO fault_audit (what, job_id, name, state)
        VALUES ('task', NEW.job_id, NEW.step || '/' || NEW.key, NEW.state);
    ELSIF NEW.lease_until > OLD.lease_until THEN
        INSERT INTO fault_audit (what, job_id, name)
        VALUES ('beat', NEW.job_id, NEW.step || '/' || NEW.key); END IF;
    RETURN NULL; END $$;
CREATE TRIGGER audit AFTER UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION audit_task();

CREATE FUNCTION audit_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO fault_audit (what, job_id, name, state)
    VALUES ('file', NEW.job_id, NEW.step, NEW.name); RETURN NULL; END $$;
CREATE TRIGGER audit AFTER INSERT ON job_files FOR EACH ROW EXECUTE FUNCTION audit_file();
"""


@dataclass(frozen=True)
class Event:
    """A change of a job, a step, a task or a file; ``state`` is what it became."""

    at_s: float
    what: str
    job_id: str
    name: str
    state: str


@dataclass(frozen=True)
class Running:
    """Jobs and tasks that run at a moment, with the owners of their claims."""

    jobs: dict[str, str]
    tasks: dict[tuple[str, str], str]
    helped: dict[tuple[str, str], str]


@dataclass(frozen=True)
class End:
    """How a job stands: its status, and the error's code if it has one."""

    status: str
    attempt: int
    error: str | None
    can_be_retried: bool


@dataclass(frozen=True)
class Audit:
    """Reads the database directly, also while it comes back after a crash."""

    url: str

    def install(self) -> None:
        """Create the triggers."""
        with psycopg.connect(self.url) as connection:
            connection.execute(_SCHEMA)

    def running(self) -> Running:
        """What runs now."""
        jobs = self._rows("SELECT id, owner FROM jobs WHERE status = 'running'")
        tasks = self._rows(
            "SELECT job_id, step || '/' || key, owner, helps FROM tasks WHERE state = 'running'"
        )
        return Running(
            {str(job): str(owner) for job, owner in jobs},
            {(str(job), str(name)): str(owner) for job, name, owner, _ in tasks},
            {(str(job), str(name)): str(owner) for job, name, owner, helps in tasks if helps},
        )

    def events(self, since_s: float = 0.0) -> list[Event]:
        """All changes since a moment, in order."""
        rows = self._rows(
            "SELECT at_s, what, job_id, coalesce(name, ''), coalesce(state, '')"
            " FROM fault_audit WHERE at_s >= %s ORDER BY id",
            since_s,
        )
        return [Event(float(str(at)), *map(str, others)) for at, *others in rows]

    def ends(self, jobs: Sequence[str]) -> dict[str, End]:
        """How these jobs stand."""
        rows = self._rows(
            "SELECT id, status, attempt, failure FROM jobs WHERE id = ANY(%s)", list(jobs)
        )
        found = {}
        for job, status, attempt, failure in rows:
            error = failure if isinstance(failure, dict) else {}
            found[str(job)] = End(
                str(status), int(str(attempt)), error.get("code"), bool(error.get("retryable"))
            )
        return found

    def artifacts(self, job: str) -> dict[str, str]:
        """Name and SHA-256 of a job's artifacts."""
        rows = self._rows(
            "SELECT name, sha256 FROM job_files WHERE job_id = %s AND media_type IS NOT NULL", job
        )
        return {str(name): str(sha256) for name, sha256 in rows}

    def _rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with psycopg.connect(self.url, connect_timeout=5) as connection:
                    return connection.execute(query, values).fetchall()  # type: ignore[arg-type]
            except psycopg.OperationalError:  # it is being restarted
                assert time.monotonic() < deadline
                time.sleep(0.2)
