"""Every fault, many times at random moments: no job is lost, done twice, stuck or repeated."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Iterator

import pytest

from .fault_table.__main__ import SHORT_LEASE_S
from .fault_table.audit import Event, Running
from .fault_table.faults import FAULTS
from .fault_table.rounds import Trials, trials
from .fault_table.verdicts import Row, ended_twice, markdown, repeated, waiting

log = logging.getLogger("faults")

ROUNDS = 20
DISTURBED = Running({"a": "one"}, {("a", "mixing/1"): "two"}, {("a", "mixing/1"): "two"})


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    seed = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(10**6)))
    folder = tmp_path_factory.mktemp(f"faults-seed-{seed}")
    with trials(
        folder, seed=seed, names=list(FAULTS), lease_s=SHORT_LEASE_S, say=log.info
    ) as ready:
        yield ready


@pytest.mark.soak
@pytest.mark.parametrize("name", FAULTS)
def test_no_job_is_lost_repeated_or_stuck(ready: Trials, name: str) -> None:
    row = ready.run(FAULTS[name], ROUNDS)
    assert row.is_good, "\n".join([markdown([row]), *row.remarks])
    assert row.rounds == ROUNDS


def test_job_and_its_part_wait_until_both_go_on() -> None:
    events = [
        Event(1.0, "progress", "a", "mixing", "0.5"),
        Event(3.0, "job", "a", "1", "queued"),
        Event(4.0, "beat", "a", "mixing/2", ""),
        Event(5.0, "job", "a", "2", "running"),
    ]
    assert waiting(DISTURBED, events[:1], 2.0) == {"a", "a mixing/1"}
    assert waiting(DISTURBED, events[:3], 2.0) == {"a"}
    assert waiting(DISTURBED, events, 2.0) == set()


def test_part_waits_for_its_next_claim() -> None:
    events = [
        Event(3.0, "progress", "a", "mixing", "0.5"),
        Event(4.0, "task", "a", "mixing/1", "open"),
        Event(5.0, "task", "a", "mixing/1", "running"),
    ]
    assert waiting(DISTURBED, events[:2], 2.0) == {"a mixing/1"}
    assert waiting(DISTURBED, events, 2.0) == set()


def test_finished_part_that_runs_again_is_counted() -> None:
    once = [
        Event(1.0, "task", "a", "mixing/1", "done"),
        Event(1.0, "step", "a", "analysing", "succeeded"),
        Event(2.0, "step", "a", "analysing", "running"),  # it has no files: it looks them up
        Event(2.0, "step", "a", "mixing", "succeeded"),
        Event(2.0, "file", "a", "mixing", "mix.mp3"),
    ]
    assert repeated(once, ["a"]) == []
    again = [*once, Event(3.0, "task", "a", "mixing/1", "running")]
    again += [Event(3.0, "step", "a", "mixing", "running")]
    assert repeated(again, ["a"]) == ["a mixing/1", "a mixing"]
    assert repeated(again, ["b"]) == []


def test_second_end_is_counted() -> None:
    ends = [Event(1.0, "job", "a", "1", "succeeded"), Event(1.0, "task", "a", "mixing/1", "done")]
    assert ended_twice(ends, ["a"]) == []
    assert ended_twice(ends * 2, ["a"]) == ["a job", "a mixing/1"]


def test_row_with_a_late_job_is_not_good() -> None:
    assert Row("Redis flushed", resumed_s=[59.0]).is_good
    assert not Row("Redis flushed", resumed_s=[61.0]).is_good
    assert not Row("Redis flushed", stuck=1).is_good
