"""kill -9 at random moments of a real mixtape: equal bytes, finished work kept."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .house import House, JsonObject, artifacts_of, steps_of
from .trials import mixtape

Kill = Callable[[House], bool]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "storage", mixtape(tmp_path)) as opened:
        yield opened


def kill_the_child(house: House) -> bool:
    return house.kill_child()


def kill_the_api(house: House) -> bool:
    house.kill()
    house.start()
    return True


def written(house: House, job: JsonObject) -> dict[Path, int]:
    """Return a job's artifacts and their write times."""
    files = [house.workspace(str(job["id"])) / name for name in artifacts_of(job)]
    return {file: file.stat().st_mtime_ns for file in files}


def disturbed(house: House, kill: Kill, took_s: float) -> tuple[JsonObject, dict[Path, int]]:
    """Run a job that is killed once; return its result and what it had written before."""
    while True:
        job_id = house.submit()
        house.wait_for(job_id, lambda job: job["status"] == "running")
        time.sleep(random.uniform(0.0, took_s))
        job = house.job(job_id)
        before = written(house, job)
        hit = kill(house) and job["status"] == "running"
        ended = house.wait_for_end(job_id)
        if hit and ended["attempt"] != 1:
            return ended, before


def survive(house: House, kill: Kill, rounds: int) -> None:
    undisturbed = house.wait_for_end(house.submit())
    assert undisturbed["status"] == "succeeded", undisturbed
    for _ in range(rounds):
        job, before = disturbed(house, kill, sum(steps_of(undisturbed).values()))
        assert job["status"] == "succeeded", job
        assert artifacts_of(job) == artifacts_of(undisturbed)
        after = written(house, job)
        assert {file: after[file] for file in before} == before


def test_killed_mixtape_equals_undisturbed_one(house: House):
    survive(house, kill_the_api, rounds=1)


def states_of(job: JsonObject) -> dict[str, str]:
    """Return the state of each step."""
    listed = job["steps"]
    assert isinstance(listed, list)
    return {step["name"]: step["state"] for step in listed}


def test_measurements_are_kept_when_the_film_beside_them_is_killed(house: House):
    undisturbed = house.wait_for_end(house.submit())
    while True:
        job_id = house.submit()
        job = house.wait_for(job_id, lambda job: states_of(job).get("checking") == "succeeded")
        before = written(house, job)
        hit = states_of(job)["filming"] == "running" and house.kill_child()
        ended = house.wait_for_end(job_id)
        if hit and ended["attempt"] == 2:
            break
    assert ended["status"] == "succeeded", ended
    assert artifacts_of(ended) == artifacts_of(undisturbed)
    assert house.workspace(job_id) / "report.json" in before
    after = written(house, ended)
    assert {file: after[file] for file in before} == before


@pytest.mark.soak
@pytest.mark.parametrize("kill", [kill_the_child, kill_the_api])
def test_sixty_kills_at_random_moments(house: House, kill: Kill):
    """Ten per step on average; longer steps get more."""
    survive(house, kill, rounds=60)
