"""Kill in steps of a held job, and compare with a job that nothing disturbed."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from .hold import Hold
from .house import ENDED, House, JsonObject, artifacts_of, steps_of

#: Kills one of the house's processes; False if there is none.
Kill = Callable[[House], bool]
#: What must not depend on kills; raises if it is wrong in itself.
Outcome = Callable[[House, JsonObject], object]
#: Seconds from the begin of each step to its kill; None: when its work is done.
Moments = Mapping[str, float | None]


def files(house: House, job: JsonObject) -> dict[str, str]:
    """Name and hash of every artifact."""
    return artifacts_of(job)


def survive(house: House, kill: Kill, rounds: int, outcome: Outcome = files) -> None:
    """Kill ``rounds`` jobs in each of their steps; they must end as if undisturbed.

    Of several rounds, the last one kills at the end of each step's work.
    """
    undisturbed = run(house)
    expected, took_s = outcome(house, undisturbed), steps_of(undisturbed)
    for nth in range(rounds):
        at_end = 0 < nth == rounds - 1
        moments = {step: None if at_end else random.uniform(0.0, took_s[step]) for step in took_s}
        while moments:
            job, killed = killed_in(house, kill, moments)
            assert killed, (list(moments), job)
            assert outcome(house, job) == expected, killed
            moments = {step: moment for step, moment in moments.items() if step not in killed}


def run(house: House) -> JsonObject:
    """Run a job to its end."""
    job = house.wait_for_end(house.submit())
    assert job["status"] == "succeeded", job
    return job


def killed_in(house: House, kill: Kill, moments: Moments) -> tuple[JsonObject, list[str]]:
    """Run a job with a kill in each of these steps; return the steps in which one came.

    Each kill must cost one attempt, and keep finished files. The job's tracks have to be analysed
    and separated again. A step may have ended beside the one before it: no kill comes in it then.
    """
    shutil.rmtree(house.storage / "derived", ignore_errors=True)
    killed, before = [], {}
    with Hold(house.storage) as hold:
        hold.at(next(iter(moments)))
        job_id = house.submit()
        for step, after_s in moments.items():
            hold.at(step)
            if not reached(house, job_id, hold, step, "done" if after_s is None else "begun"):
                break
            time.sleep(after_s or 0.0)
            before.update(write_times(house, house.job(job_id)))
            assert kill(house), step
            killed.append(step)
    ended = house.wait_for_end(job_id)
    assert ended["status"] == "succeeded", ended
    assert ended["attempt"] == 1 + len(killed), (killed, ended)
    assert before.items() <= write_times(house, ended).items(), killed
    return ended, killed


def reached(house: House, job_id: str, hold: Hold, step: str, word: str) -> bool:
    """Wait until the held step has begun or is done; False if the job ended without it."""
    house.wait_for(job_id, lambda job: hold.has(word, step) or job["status"] in ENDED)
    return hold.has(word, step)


def write_times(house: House, job: JsonObject) -> dict[Path, int]:
    """Return when each of a job's artifacts was written."""
    paths = [house.workspace(str(job["id"])) / name for name in artifacts_of(job)]
    return {path: path.stat().st_mtime_ns for path in paths}
