"""kill -9 in real jobs of every kind that makes or publishes files: the same result, once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from .hold import Hold
from .house import House, JsonObject, artifacts_of, state_of, steps_of
from .kills import Kill, killed_in, run, survive, write_times
from .publishing import channel_after, publishing
from .trials import mashup, mixtape, restyle, stems

KILLS = 5
TRIALS = {"mixtape": mixtape, "stems": stems, "mashup": mashup, "restyle": restyle}


@pytest.fixture(scope="module")
def mixing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, JsonObject]]:
    """A house that makes mixtapes, and a mixtape that nothing disturbed."""
    with house_of("mixtape", tmp_path_factory.mktemp("house")) as house:
        yield house, run(house)


def house_of(kind: str, folder: Path) -> House:
    trial = replace(TRIALS[kind](folder), pipelines={kind: f"tests.faults.held:{kind}"})
    return House(folder / "storage", trial)


def test_killed_mixtape_equals_undisturbed_one(mixing: tuple[House, JsonObject]) -> None:
    house, undisturbed = mixing
    step, took_s = random.choice(list(steps_of(undisturbed).items()))
    job, _ = killed_in(house, House.kill_api, {step: random.uniform(0.0, took_s)})
    assert artifacts_of(job) == artifacts_of(undisturbed), step


def test_measurements_are_kept_when_the_film_beside_them_is_killed(
    mixing: tuple[House, JsonObject],
) -> None:
    house, undisturbed = mixing
    with Hold(house.storage) as hold:
        hold.at("filming")
        job_id = house.submit()
        job = house.wait_for(job_id, lambda job: state_of(job, "checking") == "succeeded")
        before = write_times(house, job)
        assert state_of(job, "filming") == "running"
        assert house.kill_child()
    ended = house.wait_for_end(job_id)
    assert artifacts_of(ended) == artifacts_of(undisturbed)
    assert house.workspace(job_id) / "report.json" in before
    assert before.items() <= write_times(house, ended).items()


@pytest.mark.soak
@pytest.mark.parametrize("kill", [House.kill_child, House.kill_api])
@pytest.mark.parametrize("kind", TRIALS)
def test_job_killed_in_any_step_equals_undisturbed_one(
    tmp_path: Path, kind: str, kill: Kill
) -> None:
    with house_of(kind, tmp_path) as house:
        survive(house, kill, KILLS)


@pytest.mark.soak
@pytest.mark.parametrize("kill", [House.kill_child, House.kill_api])
def test_publication_killed_in_any_step_makes_one_video(tmp_path: Path, kill: Kill) -> None:
    with publishing(tmp_path) as (house, channel):
        survive(house, kill, KILLS, partial(channel_after, channel))
