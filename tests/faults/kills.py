"""Kill at random moments of a job, and compare with a job that nothing disturbed."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .held import HELD_STEP, IS_HELD
from .house import ENDED, House, JsonObject, artifacts_of, state_of, steps_of

#: Kills one of the house's processes; False if there is none.
Kill = Callable[[House], bool]
#: What must not depend on kills; raises if it is wrong in itself.
Outcome = Callable[[House, JsonObject], object]
MOST_MISSES = 100


def files(house: House, job: JsonObject) -> dict[str, str]:
    """Name and hash of every artifact."""
    return artifacts_of(job)


def survive(
    house: House, kill: Kill, rounds: int, outcome: Outcome = files, *, at_end: bool = False
) -> None:
    """Kill ``rounds`` times in each step; each job must end as if undisturbed.

    The last kill comes ``at_end``, once the step's work is done, if its pipeline can be held.
    """
    undisturbed = run(house)
    expected = outcome(house, undisturbed)
    for step, took_s in steps_of(undisturbed).items():
        for nth in range(1, rounds + 1):
            after_s = None if at_end and nth == rounds else random.uniform(0.0, took_s)
            job = killed_in(house, step, after_s, kill)
            assert outcome(house, job) == expected, step


def run(house: House) -> JsonObject:
    """Run a job to its end."""
    job = house.wait_for_end(house.submit())
    assert job["status"] == "succeeded", job
    return job


def killed_in(house: House, step: str, after_s: float | None, kill: Kill) -> JsonObject:
    """Run a job with a kill ``after_s`` in ``step``, and check that finished work is kept.

    None is when the step's work is done. The job's tracks have to be analysed and separated again.
    A kill that comes too late proves nothing: another job is run.
    """
    for _ in range(MOST_MISSES):
        shutil.rmtree(house.storage / "derived", ignore_errors=True)
        with held(house, step) as is_held:
            job_id = house.submit()
            house.wait_for(job_id, lambda job: state_of(job, step) == "running" or is_over(job))
            if after_s is None:
                house.wait_until(is_held, f"{step} does not end")
            else:
                time.sleep(after_s)
            job = house.job(job_id)
            before = write_times(house, job)
            hit = state_of(job, step) == "running" and kill(house)
        ended = house.wait_for_end(job_id)
        assert ended["status"] == "succeeded", ended
        if hit and ended["attempt"] != 1:
            assert before.items() <= write_times(house, ended).items(), step
            return ended
    raise AssertionError(f"no kill came before the end of {step}")


@contextmanager
def held(house: House, step: str) -> Iterator[Callable[[], bool]]:
    """Hold ``step`` at its end during the block; yields whether a job is held."""
    hold, is_held = house.storage / HELD_STEP, house.storage / IS_HELD
    hold.write_text(step)
    yield is_held.exists
    hold.unlink()
    is_held.unlink(missing_ok=True)


def is_over(job: JsonObject) -> bool:
    return job["status"] in ENDED


def write_times(house: House, job: JsonObject) -> dict[Path, int]:
    """Return when each of a job's artifacts was written."""
    paths = [house.workspace(str(job["id"])) / name for name in artifacts_of(job)]
    return {path: path.stat().st_mtime_ns for path in paths}
