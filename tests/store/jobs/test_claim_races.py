"""Workers that claim at the same moment."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from backend.app.store.jobs.tables import JOBS
from tests import ROOT
from tests.jobs.rows import Rows

from .plans import plan_of, statements


def _racer(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.jobs.racer", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _race(rows: Rows, processes: int, jobs: int) -> float:
    """Check that each job was claimed exactly once; return claims per second."""
    ids = {rows.job() for _ in range(jobs)}
    with ExitStack() as stack:
        racers = [stack.enter_context(_racer(rows.url)) for _ in range(processes)]
        assert [racer.stdout.readline() for racer in racers] == ["ready\n"] * processes
        began = time.monotonic()
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        with ThreadPoolExecutor(processes) as readers:  # processes must not block on full pipes
            taken = "".join(readers.map(lambda racer: racer.stdout.read(), racers)).split()
        seconds = time.monotonic() - began
    assert len(taken) == jobs
    assert set(taken) == ids
    return jobs / seconds


def test_claims_read_only_jobs_that_have_not_ended(rows: Rows):
    rows.job()
    with statements(with_parameters=True) as asked:
        rows.claim()
    for statement, parameters in asked:
        if statement.startswith(("UPDATE jobs", "SELECT EXISTS")):
            assert "ix_jobs_pending" in plan_of(rows, statement, parameters)


@pytest.mark.parametrize("rows", ["sqlite"], indirect=True)  # PostgreSQL decides by its counts
def test_turns_count_only_jobs_that_have_not_ended(rows: Rows):
    rows.job()
    with statements(with_parameters=True) as asked:
        rows.claim()
    [claim] = (one for one in asked if one[0].startswith("UPDATE jobs"))
    assert "SEARCH other USING INDEX ix_jobs_pending" in plan_of(rows, *claim)


@pytest.mark.parametrize("rows", ["postgresql"], indirect=True)
def test_claim_skips_a_job_that_another_worker_is_claiming(rows: Rows):
    first, second = rows.job(), rows.job()
    with rows.database.write() as session:
        session.connection().execute(select(JOBS).where(JOBS.c.id == first).with_for_update())
        assert rows.claim().job_id == second
    assert rows.claim().job_id == first


def test_racing_processes_never_claim_the_same_job(rows: Rows):
    _race(rows, processes=3, jobs=60)


@pytest.mark.soak
def test_eight_processes_race_for_1500_jobs_twenty_times(rows: Rows):
    alone = sorted(_race(rows, processes=1, jobs=500) for _ in range(5))[2]
    together = sorted(_race(rows, processes=8, jobs=1500) for _ in range(20))[10]
    # Measured: 0.4 to 1; below a tenth, the processes mostly block each other.
    assert together >= alone / 10
