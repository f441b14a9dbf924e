"""kill -9 at random moments of a real mixtape: the same bytes, and nothing finished made twice."""

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
    """The artifacts that a job lists, and when each was written."""
    files = [house.workspace(str(job["id"])) / name for name in artifacts_of(job)]
    return {file: file.stat().st_mtime_ns for file in files}


def disturbed(house: House, kill: Kill, took_s: float) -> tuple[JsonObject, dict[Path, int]]:
    """A job that was killed while it ran, once it has ended; what it had written before."""
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


def test_a_killed_mixtape_ends_with_the_bytes_of_an_undisturbed_one(house: House):
    survive(house, kill_the_api, rounds=1)


@pytest.mark.soak
@pytest.mark.parametrize("kill", [kill_the_child, kill_the_api])
def test_sixty_kills_at_random_moments(house: House, kill: Kill):
    """Ten for each step; more of them fall into the longer ones."""
    survive(house, kill, rounds=60)
