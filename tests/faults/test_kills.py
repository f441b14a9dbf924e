"""kill -9 at random moments of every step: equal bytes, no repeated work, no orphans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.jobs.pipelines import STEP_NAMES, Wool, step_log
from tests.patience import PATIENCE_S

from .house import ENDED, House, JsonObject, artifacts_of
from .kills import Kill, survive
from .trials import knitting

# Long enough for a random moment to fall anywhere, short enough for a suite.
WOOL = Wool(seconds=0.5)
# An API takes over at once what died on its host: it does not wait until the lease is over.
SETTINGS = {"LEASE_S": str(3 * PATIENCE_S)}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all tests that leave it running and without a job."""
    folder = tmp_path_factory.mktemp("house")
    trial = replace(knitting(folder, WOOL), settings=SETTINGS)
    with House(folder / "storage", trial) as opened:
        yield opened


def no_step_twice(house: House, job: JsonObject) -> dict[str, str]:
    """Check that a kill repeats only the step in which it came."""
    log = step_log(house.workspace(str(job["id"])))
    starts = [log.count(f"+{step}") for step in STEP_NAMES]
    assert sum(starts) <= len(STEP_NAMES) + int(str(job["attempt"])) - 1, log
    assert max(starts) <= 2, log
    return artifacts_of(job)


def test_killed_child_costs_only_its_step(house: House):
    survive(house, House.kill_child, rounds=1, outcome=no_step_twice)


def test_killed_fork_server_costs_only_its_childs_step(house: House):
    survive(house, House.kill_fork_server, rounds=1, outcome=no_step_twice)


def test_killed_api_continues_where_it_stopped(house: House):
    survive(house, House.kill_api, rounds=1, outcome=no_step_twice)


@pytest.mark.soak
@pytest.mark.parametrize("kill", [House.kill_child, House.kill_fork_server, House.kill_api])
def test_ten_kills_in_each_step(house: House, kill: Kill):
    survive(house, kill, rounds=10, outcome=no_step_twice)


def test_orderly_stop_releases_job_despite_open_event_stream(house: House):
    wool = Wool(mischief={STEP_NAMES[1]: "sleep"})
    job_id = house.submit(description={"intro": wool.to_json()})
    house.wait_for(job_id, lambda job: job["step"] == STEP_NAMES[1])
    with house.client.stream("GET", f"/jobs/{job_id}/events") as events:  # delays the stop
        listening = events.iter_bytes()  # keep a reference: the connection closes with the object
        next(listening)
        house.terminate()
    house.start()
    try:
        job = house.wait_for(job_id, lambda job: job["step"] == STEP_NAMES[1])
        assert job["attempt"] == 2
        assert step_log(house.workspace(job_id)).count(f"+{STEP_NAMES[0]}") == 1
    finally:
        house.client.post(f"/jobs/{job_id}/cancel")
        house.wait_for_end(job_id)


def test_killed_api_leaves_no_grandchild(tmp_path: Path):
    wool = Wool(mischief={STEP_NAMES[1]: "sleep"})
    with House(tmp_path / "storage", knitting(tmp_path, wool)) as house:
        job_id = house.submit()
        pid = house.workspace(job_id) / "grandchild.pid"
        house.wait_for(job_id, lambda job: job["status"] in ENDED or pid.exists())
        house.kill()  # checks that no process remains


def test_killed_api_leaves_no_importing_fork_server(tmp_path: Path):
    slow = {"mixtape": "tests.jobs.processes.slow_to_import:chain"}
    trial = replace(knitting(tmp_path, WOOL), pipelines=slow)
    with House(tmp_path / "storage", trial) as house:
        house.submit()
        house.wait_until(lambda: house.fork_server() is not None, "no fork server starts")
        house.kill()  # checks that no process remains
