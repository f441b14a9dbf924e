"""The executor with real child processes."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from backend.app.jobs.states import JobStatus, StepState
from backend.app.jobs.threads import ExecutorOptions, ThreadExecutor
from backend.app.store.jobs import JobRecord

from .pipelines import CHAIN, STEP_NAMES, Wool, step_log
from .rows import NO_QUOTA, Rows

# A child needs about a second to start here; the rest is for a machine that does much else.
PATIENCE_S = 30.0


class House:
    """An executor that can be started, stopped and started again over the same rows."""

    def __init__(self, rows: Rows, folder: Path) -> None:
        self.rows = rows
        self.workspaces = folder / "jobs"
        self.executor: ThreadExecutor | None = None

    def start(self, slots: int = 1, secrets: Mapping[str, Mapping[str, str]] | None = None) -> None:
        options = ExecutorOptions(
            {"test": CHAIN},
            {"STORAGE_ROOT": str(self.workspaces.parent)},
            self.workspaces,
            {"work": slots},
            secrets=secrets or {},
        )
        self.executor = ThreadExecutor(self.rows.queue, options)
        self.executor.start()

    def stop(self) -> None:
        if self.executor is not None:
            self.executor.stop()
            self.executor = None

    def submit(self, wool: Wool, work_s: float = 1.0) -> str:
        return self.rows.job(inputs=wool.to_json(), work_s=work_s)

    def wait(self, job_id: str, until: Callable[[JobRecord], bool]) -> JobRecord:
        deadline = time.monotonic() + PATIENCE_S
        while not until(record := self.rows.record(job_id)):
            assert time.monotonic() < deadline, record
            time.sleep(0.02)
        return record

    def wait_for_end(self, job_id: str) -> JobRecord:
        return self.wait(job_id, lambda r: r.job.finished_s is not None)

    def log(self, job_id: str) -> list[str]:
        return step_log(self.workspaces / job_id)

    def grandchild(self, job_id: str) -> psutil.Process:
        file = self.workspaces / job_id / "grandchild.pid"
        self.wait(job_id, lambda _: file.exists() and file.read_text() != "")
        return psutil.Process(int(file.read_text()))


@pytest.fixture
def house(rows: Rows, tmp_path: Path) -> Iterator[House]:
    _BYSTANDERS.update(psutil.Process().children(recursive=True))
    house = House(rows, tmp_path)
    yield house
    house.stop()
    assert not _children(), "no process outlives its executor"


_BYSTANDERS: set[psutil.Process] = set()  # another test's browser may be open for the whole session


def _children() -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [process for process in found if process not in _BYSTANDERS and _alive(process)]


def _alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _gone(process: psutil.Process, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while _alive(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _alive(process)


def test_a_job_runs_through_its_steps_and_leaves_its_artifact(house: House):
    house.start()
    record = house.wait_for_end(house.submit(Wool()))
    assert record.job.status is JobStatus.SUCCEEDED
    assert [(s.name, s.state) for s in record.steps] == [
        (name, StepState.SUCCEEDED) for name in STEP_NAMES
    ]
    [artifact] = record.artifacts
    assert artifact.name == "pullover/front.bin"
    assert artifact.size == (house.workspaces / record.job.id / artifact.name).stat().st_size


def test_two_slots_run_two_jobs_at_a_time(house: House):
    first, second = house.submit(Wool(seconds=2)), house.submit(Wool(seconds=2))
    house.start(slots=2)
    for job_id in (first, second):
        house.wait(job_id, lambda r: r.job.status is JobStatus.RUNNING)
    assert house.rows.record(first).job.status is JobStatus.RUNNING


def test_a_step_that_has_to_wait_is_tried_again_when_its_time_has_come(house: House):
    house.start()
    record = house.wait_for_end(house.submit(Wool(mischief={"spinning": "pause"})))
    assert record.job.status is JobStatus.SUCCEEDED
    assert record.job.attempt == 2
    assert house.log(record.job.id).count("+carding") == 1, "what was finished is kept"


@pytest.mark.parametrize(
    ("kind", "told"), [("test", "wool is warm"), ("another", "nothing was told")]
)
def test_a_secret_is_told_to_the_kind_it_is_for_and_no_other(house: House, kind: str, told: str):
    house.start(secrets={kind: {"WOOL_SECRET": "wool is warm"}})
    record = house.wait_for_end(house.submit(Wool(mischief={"spinning": "tell"})))
    assert record.job.notes == (told,)


@pytest.mark.parametrize(
    ("mischief", "code", "retryable"),
    [
        ("refuse", "not_wool", False),
        ("bug", "internal", False),
        ("memory", "out_of_memory", True),
        ("disk", "storage_full", True),
    ],
)
def test_a_step_that_cannot_go_on_says_why(house: House, mischief: str, code: str, retryable: bool):
    house.start()
    record = house.wait_for_end(house.submit(Wool(mischief={"spinning": mischief})))
    failure = record.job.failure
    assert record.job.status is JobStatus.FAILED
    assert failure is not None
    assert (failure.code, failure.retryable) == (code, retryable)
    assert "secret" not in failure.message + failure.hint
    assert [s.state for s in record.steps] == [
        StepState.SUCCEEDED,
        StepState.FAILED,
        StepState.WAITING,
    ]


def test_a_step_that_kills_its_process_three_times_is_given_up(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"spinning": "kill"}))
    record = house.wait_for_end(job_id)
    assert record.job.failure is not None
    assert record.job.failure.code == "step_crashed"
    assert "signal 9" in record.job.failure.message
    # The first attempt finished a step and does not count; three more do.
    assert record.job.attempt == 4
    assert house.log(job_id).count("+carding") == 1


def test_a_note_stands_on_the_job_once(house: House):
    house.start()
    record = house.wait_for_end(house.submit(Wool(mischief={"carding": "note"})))
    assert record.job.notes == ("The wool is a little short.",)


def runs(record: JobRecord, position: int) -> bool:
    """Whether the job is at this step; a job that was not opened yet has none."""
    return [step.state for step in record.steps[position : position + 1]] == [StepState.RUNNING]


@pytest.mark.parametrize("grandchild_is", ["sleep", "spawn"])
def test_cancel_ends_the_whole_process_tree_in_two_seconds(house: House, grandchild_is: str):
    house.start()
    job_id = house.submit(Wool(mischief={"spinning": grandchild_is}))
    grandchild = house.grandchild(job_id)
    house.wait(job_id, lambda r: runs(r, 1))  # which tells that the step before is written down
    began = time.monotonic()
    house.rows.jobs.cancel("ann", job_id)
    record = house.wait(job_id, lambda r: r.job.status is JobStatus.CANCELLED)
    assert _gone(grandchild, within_s=2.0)
    assert not _children()
    assert time.monotonic() - began < 2.0
    assert record.steps[0].state is StepState.SUCCEEDED


def test_a_step_over_its_time_is_ended_with_its_tree(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"spinning": "sleep"}), work_s=0.5)
    grandchild = house.grandchild(job_id)
    record = house.wait_for_end(job_id)
    assert record.job.failure is not None
    assert record.job.failure.code == "step_timeout"
    assert "spinning" in record.job.failure.message
    assert _gone(grandchild, within_s=1.0)


def test_a_retry_keeps_finished_steps(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"knitting": "sleep"}))
    house.grandchild(job_id)
    house.wait(job_id, lambda r: runs(r, 2))
    house.rows.jobs.cancel("ann", job_id)
    house.wait_for_end(job_id)
    assert house.rows.jobs.retry("ann", job_id, quota=NO_QUOTA)
    house.wait(job_id, lambda r: r.steps[2].state is StepState.RUNNING)
    assert house.log(job_id) == ["+carding", "-carding", "+spinning", "-spinning"] + [
        "+knitting"
    ] * house.log(job_id).count("+knitting")


def test_a_finished_step_whose_file_was_harmed_is_run_again(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"knitting": "kill"}))
    house.wait(job_id, lambda r: "+knitting" in house.log(job_id))
    house.wait_for_end(job_id)
    (house.workspaces / job_id / "spinning.bin").write_bytes(b"moths")
    assert house.rows.jobs.retry("ann", job_id, quota=NO_QUOTA)
    house.wait(job_id, lambda r: r.job.status is not JobStatus.FAILED)
    house.wait_for_end(job_id)
    assert house.log(job_id).count("+carding") == 1
    assert house.log(job_id).count("+spinning") == 2


def test_a_stop_hands_the_job_back_and_a_start_goes_on_with_it(house: House):
    undisturbed = house.submit(Wool(seconds=0.4))
    house.start()
    expected = house.wait_for_end(undisturbed).artifacts
    job_id = house.submit(Wool(seconds=0.4))
    house.wait(job_id, lambda r: runs(r, 1))
    began = time.monotonic()
    house.stop()
    assert time.monotonic() - began < 8.0
    record = house.rows.record(job_id)
    assert record.job.status is JobStatus.QUEUED
    assert record.job.crashes <= 0
    assert not _children()
    house.start()
    record = house.wait_for_end(job_id)
    assert record.artifacts == expected
    assert house.log(job_id).count("+carding") == 1


def test_what_an_attempt_left_half_written_is_removed(house: House):
    job_id = house.submit(Wool())
    part = house.workspaces / job_id / ".part" / "1-carding.bin"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    house.start()
    house.wait_for_end(job_id)
    assert not part.exists()


def test_a_lost_lease_ends_the_child(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"spinning": "sleep"}))
    grandchild = house.grandchild(job_id)
    [owner] = house.rows.queue.owners()
    house.rows.queue.disown(owner)
    heir = house.rows.claim("heir")
    assert _gone(grandchild, within_s=2.0)
    assert house.rows.record(job_id).job.attempt == heir.attempt


def test_the_child_steps_back_for_the_api(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"spinning": "sleep"}))
    grandchild = house.grandchild(job_id)
    assert grandchild.nice() > os.nice(0)
    house.rows.jobs.cancel("ann", job_id)
    house.wait_for_end(job_id)
