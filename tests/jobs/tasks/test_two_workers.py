"""Two workers take the tasks of one job, with real child processes."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from backend.app.jobs import threads
from backend.app.jobs.states import JobStatus
from backend.app.jobs.threads import ThreadExecutor
from backend.app.store.jobs.job_store import JobRecord
from tests.jobs.rows import Rows
from tests.patience import wait_until

from . import workers
from .quilts import RESULT, Quilt, expected, processes, ran


class House:
    """A database with workers that come and go."""

    def __init__(self, rows: Rows, folder: Path, stack: ExitStack) -> None:
        self.rows, self.workspaces, self._stack = rows, folder / "jobs", stack

    def worker(self) -> ThreadExecutor:
        return self._stack.enter_context(workers.working(self.rows.url, self.workspaces))

    def process(self) -> psutil.Process:
        started = self._stack.enter_context(workers.process(self.rows.url, self.workspaces))
        return psutil.Process(started.pid)

    def submit(self, quilt: Quilt) -> str:
        return self.rows.job(inputs=quilt.to_json())

    def root(self, job_id: str) -> Path:
        return self.workspaces / job_id

    def wait(self, job_id: str, until: Callable[[JobRecord], bool]) -> JobRecord:
        return self.rows.wait(job_id, until)

    def wait_for_end(self, job_id: str) -> JobRecord:
        return self.wait(job_id, lambda record: record.job.finished_s is not None)

    def wait_for_tasks(self, job_id: str, count: int) -> None:
        wait_until(lambda: len(ran(self.root(job_id))) >= count, what=f"for {count} tasks")

    def wait_for_two(self, job_id: str) -> set[int]:
        """Wait until two processes have begun tasks."""
        wait_until(lambda: len(processes(self.root(job_id))) == 2, what="for two processes")
        return processes(self.root(job_id))

    def succeeded(self, job_id: str, quilt: Quilt) -> bool:
        record = self.wait_for_end(job_id)
        assert record.job.status is JobStatus.SUCCEEDED, record.job.failure
        assert (self.root(job_id) / RESULT).read_text() == expected(quilt)
        return True


@pytest.fixture
def house(rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(threads, "_POLL_S", 0.2)  # these workers don't share a process
    monkeypatch.setattr(threads, "CHECK_OWNERS_S", 0.5)
    with ExitStack() as stack:
        yield House(rows, tmp_path, stack)


def test_lone_worker_runs_all_tasks_in_the_jobs_own_process(house: House):
    quilt = Quilt()
    job_id = house.submit(quilt)
    house.worker()
    assert house.succeeded(job_id, quilt)
    assert ran(house.root(job_id)) == dict.fromkeys(quilt.keys, 1)
    assert len(processes(house.root(job_id))) == 1


def test_two_workers_run_tasks_at_the_same_time(house: House):
    quilt = Quilt(faults={"patch-0": "meet", "patch-1": "meet"})
    job_id = house.submit(quilt)
    house.worker()
    house.worker()
    assert house.succeeded(job_id, quilt)
    assert ran(house.root(job_id)) == dict.fromkeys(quilt.keys, 1)


def test_cancelled_job_ends_all_its_tasks_within_two_seconds(house: House):
    job_id = house.submit(Quilt(faults=dict.fromkeys(Quilt().keys, "hang")))
    house.worker()
    house.worker()
    running = house.wait_for_two(job_id)
    began = time.monotonic()
    house.rows.jobs.cancel("ann", job_id)
    wait_until(lambda: not any(map(psutil.pid_exists, running)), what="for all processes")
    assert time.monotonic() - began < 2.0
    assert house.wait_for_end(job_id).job.status is JobStatus.CANCELLED


def test_failed_job_ends_its_tasks_in_other_processes(house: House):
    faults = {**dict.fromkeys(Quilt().keys, "hang"), "patch-0": "meet_and_refuse"}
    job_id = house.submit(Quilt(faults=faults))
    house.worker()
    house.wait_for_tasks(job_id, 1)
    house.worker()
    running = house.wait_for_two(job_id)
    assert house.wait_for_end(job_id).job.status is JobStatus.FAILED
    began = time.monotonic()
    wait_until(lambda: not any(map(psutil.pid_exists, running)), what="for all processes")
    assert time.monotonic() - began < 2.0


def test_task_whose_process_died_is_run_again_alone(house: House):
    quilt = Quilt(faults={"patch-0": "meet", "patch-1": "kill"})
    job_id = house.submit(quilt)
    house.worker()
    house.wait_for_tasks(job_id, 1)  # the job's own process waits for another
    house.worker()
    assert house.succeeded(job_id, quilt)
    assert ran(house.root(job_id)) == {**dict.fromkeys(quilt.keys, 1), "patch-1": 2}
    assert house.rows.record(job_id).job.attempt == 1


def test_task_that_fails_elsewhere_is_run_by_the_jobs_own_worker(house: House):
    quilt = Quilt(faults={"patch-0": "meet", "patch-1": "refuse_once"})
    job_id = house.submit(quilt)
    house.worker()
    house.wait_for_tasks(job_id, 1)
    house.worker()
    assert house.succeeded(job_id, quilt)
    assert ran(house.root(job_id))["patch-1"] == 2


def test_helper_that_met_an_absent_service_helps_again(house: House):
    quilt = Quilt(faults={"patch-0": "wait", "patch-1": "pause_once"})
    job_id = house.submit(quilt)
    house.worker()
    house.wait_for_tasks(job_id, 1)
    house.worker()
    house.wait_for_tasks(job_id, quilt.count)  # the job's own process is in the first
    (house.root(job_id) / "go_on").touch()
    assert house.succeeded(job_id, quilt)
    assert ran(house.root(job_id)) == {**dict.fromkeys(quilt.keys, 1), "patch-1": 2}


def test_task_that_fails_everywhere_fails_the_job(house: House):
    job_id = house.submit(Quilt(faults={"patch-0": "meet", "patch-1": "refuse"}))
    house.worker()
    house.wait_for_tasks(job_id, 1)
    house.worker()
    failure = house.wait_for_end(job_id).job.failure
    assert failure is not None
    assert failure.code == "torn"


def test_waiting_job_comes_before_the_tasks_of_another(house: House):
    quilt = Quilt(count=5, faults={"patch-0": "wait", "patch-1": "meet"} | {"patch-2": "wait"})
    first = house.submit(quilt)
    house.worker()
    house.wait_for_tasks(first, 1)
    second = house.submit(Quilt(count=1))
    house.worker()
    assert house.succeeded(second, Quilt(count=1))
    wait_until(lambda: "patch-2" in ran(house.root(first)), what="for the helper")
    third = house.submit(Quilt(count=1))
    (house.root(first) / "go_on").touch()
    assert house.succeeded(third, Quilt(count=1))
    assert house.succeeded(first, quilt)


def test_helpers_killed_worker_costs_only_the_task_it_held(house: House):
    quilt = Quilt(faults={"patch-0": "wait", "patch-2": "wait"})
    job_id = house.submit(quilt)
    house.worker()
    house.wait_for_tasks(job_id, 1)
    helper = house.process()
    house.wait_for_tasks(job_id, 3)  # it holds the third
    helper.kill()
    (house.root(job_id) / "go_on").touch()
    assert house.succeeded(job_id, quilt)
    assert ran(house.root(job_id)) == {**dict.fromkeys(quilt.keys, 1), "patch-2": 2}


def test_next_worker_repeats_no_finished_task_of_a_killed_one(house: House):
    quilt = Quilt(faults={"patch-3": "wait"})
    job_id = house.submit(quilt)
    first = house.process()
    house.wait_for_tasks(job_id, 4)
    first.kill()
    house.worker()
    wait_until(lambda: ran(house.root(job_id))["patch-3"] == 2, what="for the second attempt")
    (house.root(job_id) / "go_on").touch()
    assert house.succeeded(job_id, quilt)
    assert ran(house.root(job_id)) == {**dict.fromkeys(quilt.keys, 1), "patch-3": 2}
    assert house.rows.record(job_id).job.attempt == 2


def _kill_at_random(house: House, seed: int) -> None:
    """Kill a task's process or a worker at a random moment; the job must end with all its work."""
    chance = random.Random(seed)
    quilt = Quilt(count=8, seconds=0.2, at_once=1)
    job_id = house.submit(quilt)
    both = [house.process(), house.process()]
    house.wait_for_tasks(job_id, 1)
    time.sleep(chance.uniform(0.0, 0.8))
    if chance.random() < 0.5:
        chance.choice(both).kill()
        house.worker()
    else:
        alive = [pid for pid in processes(house.root(job_id)) if psutil.pid_exists(pid)]
        for pid in alive[:1]:
            os.kill(pid, signal.SIGKILL)
    assert house.succeeded(job_id, quilt)
    assert sum(ran(house.root(job_id)).values()) <= quilt.count + 2


def test_job_survives_kills_at_random_moments(house: House):
    for seed in range(2):
        _kill_at_random(house, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
def test_job_survives_twenty_kills_at_random_moments(house: House, seed: int):
    _kill_at_random(house, seed)
