"""kill -9 at random moments of every step: the same bytes, nothing twice, nobody left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.jobs.pipelines import STEP_NAMES, Wool, step_log

from .house import ENDED, House, artifacts_of, disturb, steps_of
from .trials import knitting

# Long enough for a random moment to fall anywhere, short enough for a suite.
WOOL = Wool(seconds=0.5)
# An API starts within seconds and takes over at once what died on its host: it does not wait for
# the lease of 30 s.
RESTART_S = 15.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "storage", knitting(tmp_path, WOOL)) as opened:
        yield opened


def kill_the_child(house: House) -> bool:
    return house.kill_child()


def kill_the_api(house: House) -> bool:
    house.kill()
    house.start()
    return True


def survive(house: House, fault: Callable[[House], bool], rounds: int) -> None:
    """Every step, ``rounds`` times: the job ends as if nothing had happened."""
    began = time.monotonic()
    undisturbed = house.wait_for_end(house.submit())
    enough_s = 3 * (time.monotonic() - began) + RESTART_S
    assert undisturbed["status"] == "succeeded", undisturbed
    for step, took_s in steps_of(undisturbed).items():
        for _ in range(rounds):
            job, seconds = disturb(house, step, took_s, lambda: fault(house))
            assert job["status"] == "succeeded", job
            assert artifacts_of(job) == artifacts_of(undisturbed)
            assert seconds < enough_s
            _expect_no_step_twice(house, job, step)


def _expect_no_step_twice(house: House, job, disturbed: str) -> None:
    """What was finished is not begun again; what was disturbed at most once more.

    So is the step before it, where the kill came before its end was written down.
    """
    log = step_log(house.workspace(job["id"]))
    if log:  # a kind that keeps such a log
        names = list(STEP_NAMES)
        for step in names:
            near = abs(names.index(step) - names.index(disturbed)) <= 1
            assert 1 <= log.count(f"+{step}") <= (2 if near else 1), log
        assert sum(entry.startswith("+") for entry in log) <= len(names) + 2, log


def test_a_killed_child_costs_nothing_but_the_step_it_was_in(house: House):
    survive(house, kill_the_child, rounds=1)


def test_a_killed_api_goes_on_where_it_stopped(house: House):
    survive(house, kill_the_api, rounds=1)


@pytest.mark.soak
@pytest.mark.parametrize("fault", [kill_the_child, kill_the_api])
def test_ten_kills_in_each_step(house: House, fault):
    survive(house, fault, rounds=10)


def test_an_orderly_stop_hands_the_job_back_within_ten_seconds(tmp_path: Path):
    wool = Wool(mischief={STEP_NAMES[1]: "sleep"})
    with House(tmp_path / "storage", knitting(tmp_path, wool)) as house:
        job_id = house.submit()
        house.wait_for(job_id, lambda job: job["step"] == STEP_NAMES[1])
        with house.client.stream("GET", f"/jobs/{job_id}/events") as events:  # holds the server up
            listening = events.iter_bytes()  # kept, for it hangs up when it is forgotten
            next(listening)
            assert house.terminate() <= 10.0
        house.start()
        job = house.wait_for(job_id, lambda job: job["step"] == STEP_NAMES[1])
        assert job["attempt"] == 2
        assert step_log(house.workspace(job_id)).count(f"+{STEP_NAMES[0]}") == 1


def test_a_killed_api_leaves_no_grandchild(tmp_path: Path):
    wool = Wool(mischief={STEP_NAMES[1]: "sleep"})
    with House(tmp_path / "storage", knitting(tmp_path, wool)) as house:
        job_id = house.submit()
        pid = house.workspace(job_id) / "grandchild.pid"
        house.wait_for(job_id, lambda job: job["status"] in ENDED or pid.exists())
        house.kill()  # asserts that nobody is left
