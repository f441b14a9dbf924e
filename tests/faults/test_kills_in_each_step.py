"""kill -9 in real jobs of every kind that makes or publishes files: the same result, once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from .house import House, JsonObject, artifacts_of, state_of, steps_of
from .kills import Kill, is_over, killed_in, run, survive, write_times
from .publishing import channel_after, publishing
from .trials import mashup, mixtape, restyle, stems

KILLS = 5
TRIALS = {"mixtape": mixtape, "stems": stems, "mashup": mashup, "restyle": restyle}


@pytest.fixture(scope="module")
def mixing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, JsonObject]]:
    """A house that makes mixtapes, and a mixtape that nothing disturbed."""
    folder = tmp_path_factory.mktemp("house")
    with House(folder / "storage", mixtape(folder)) as house:
        yield house, run(house)


def test_killed_mixtape_equals_undisturbed_one(mixing: tuple[House, JsonObject]) -> None:
    house, undisturbed = mixing
    took_s = steps_of(undisturbed)
    [step] = random.choices(list(took_s), list(took_s.values()))
    killed = killed_in(house, step, random.uniform(0.0, took_s[step]), House.kill_api)
    assert artifacts_of(killed) == artifacts_of(undisturbed), step


def test_measurements_are_kept_when_the_film_beside_them_is_killed(
    mixing: tuple[House, JsonObject],
) -> None:
    house, undisturbed = mixing
    while True:
        job_id = house.submit()
        job = house.wait_for(
            job_id, lambda job: state_of(job, "checking") == "succeeded" or is_over(job)
        )
        before = write_times(house, job)
        hit = state_of(job, "filming") == "running" and house.kill_child()
        ended = house.wait_for_end(job_id)
        if hit and ended["attempt"] == 2:
            break
    assert ended["status"] == "succeeded", ended
    assert artifacts_of(ended) == artifacts_of(undisturbed)
    assert house.workspace(job_id) / "report.json" in before
    assert before.items() <= write_times(house, ended).items()


@pytest.mark.soak
@pytest.mark.parametrize("kill", [House.kill_child, House.kill_api])
@pytest.mark.parametrize("kind", TRIALS)
def test_job_killed_in_any_step_equals_undisturbed_one(
    tmp_path: Path, kind: str, kill: Kill
) -> None:
    held = {kind: f"tests.faults.held:{kind}"}
    trial = replace(TRIALS[kind](tmp_path), pipelines=held)
    with House(tmp_path / "storage", trial) as house:
        survive(house, kill, KILLS, at_end=True)


@pytest.mark.soak
@pytest.mark.parametrize("kill", [House.kill_child, House.kill_api])
def test_publication_killed_in_any_step_makes_one_video(tmp_path: Path, kill: Kill) -> None:
    with publishing(tmp_path) as (house, channel):
        outcome = partial(channel_after, channel)
        survive(house, kill, KILLS, outcome, at_end=True)
