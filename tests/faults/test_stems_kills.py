"""kill -9 at random moments of a stems job: equal bytes, no incomplete stem."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .house import House, artifacts_of, steps_of
from .test_mixtape_kills import kill_the_api, kill_the_child
from .trials import stems


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "storage", stems(tmp_path)) as opened:
        yield opened


def disturbed(house: House, kill: Callable[[House], bool], took_s: float) -> dict[str, str]:
    """Return the artifacts of a killed stems job over songs not yet separated."""
    while True:
        shutil.rmtree(house.storage / "derived")
        job_id = house.submit()
        house.wait_for(job_id, lambda job: job["status"] == "running")
        time.sleep(random.uniform(0.0, took_s))
        hit = house.job(job_id)["status"] == "running" and kill(house)
        ended = house.wait_for_end(job_id)
        assert ended["status"] == "succeeded", ended
        if hit and ended["attempt"] != 1:
            return artifacts_of(ended)


def survive(house: House, kill: Callable[[House], bool], rounds: int) -> None:
    undisturbed = house.wait_for_end(house.submit())
    assert undisturbed["status"] == "succeeded", undisturbed
    for _ in range(rounds):
        took_s = sum(steps_of(undisturbed).values())
        assert disturbed(house, kill, took_s) == artifacts_of(undisturbed)


@pytest.mark.soak
def test_killed_stems_job_equals_undisturbed_one(house: House) -> None:
    survive(house, kill_the_api, rounds=1)


@pytest.mark.soak
@pytest.mark.parametrize("kill", [kill_the_child, kill_the_api])
def test_twenty_kills_at_random_moments(house: House, kill) -> None:
    survive(house, kill, rounds=20)
