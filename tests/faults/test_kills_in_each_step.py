"""kill -9 five times in every step of every kind that makes files: equal bytes, no orphans."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from .house import ENDED, House, JsonObject, artifacts_of, state_of, steps_of
from .slowed import PAUSE_S
from .test_mixtape_kills import kill_the_api, kill_the_child
from .trials import mashup, mixtape, restyle, stems

KILLS = 5
TRIALS = {"mixtape": mixtape, "stems": stems, "mashup": mashup, "restyle": restyle}


@pytest.fixture(params=list(TRIALS))
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    slowed = {request.param: f"tests.faults.slowed:{request.param}"}
    trial = replace(TRIALS[request.param](tmp_path), pipelines=slowed)
    with House(tmp_path / "storage", trial) as opened:
        yield opened


@pytest.mark.soak
@pytest.mark.parametrize("kill", [kill_the_child, kill_the_api])
def test_job_killed_in_any_step_equals_undisturbed_one(
    house: House, kill: Callable[[House], bool]
) -> None:
    undisturbed = house.wait_for_end(house.submit())
    assert undisturbed["status"] == "succeeded", undisturbed
    for step in steps_of(undisturbed):
        for _ in range(KILLS):
            killed = killed_in(house, step, kill)
            assert killed["status"] == "succeeded", killed
            assert artifacts_of(killed) == artifacts_of(undisturbed), step


def killed_in(house: House, step: str, kill: Callable[[House], bool]) -> JsonObject:
    """Run a job that is killed in a step, over tracks whose stems and analyses are not cached."""
    while True:
        shutil.rmtree(house.storage / "derived", ignore_errors=True)
        job_id = house.submit()
        house.wait_for(job_id, lambda job: state_of(job, step) == "running" or is_over(job))
        time.sleep(random.uniform(0.0, PAUSE_S))
        hit = state_of(house.job(job_id), step) == "running" and kill(house)
        ended = house.wait_for_end(job_id)
        if hit and ended["attempt"] != 1:
            return ended


def is_over(job: JsonObject) -> bool:
    return job["status"] in ENDED
