"""The executor with real child processes."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import psutil
import pytest

from backend.app.jobs import threads
from backend.app.jobs.attempts import Attempts, ExecutorOptions
from backend.app.jobs.housekeeping import Chore
from backend.app.jobs.messages import Order
from backend.app.jobs.processes.child import Child
from backend.app.jobs.processes.fork_launcher import ForkLauncher
from backend.app.jobs.processes.launcher import Launcher
from backend.app.jobs.queue import INTERACTIVE, NET, WORK, Claim
from backend.app.jobs.states import JobStatus, StepState
from backend.app.jobs.threads import ThreadExecutor
from backend.app.store.jobs.job_store import JobRecord
from backend.app.store.jobs.queue import SqlJobQueue
from tests.patience import PATIENCE_S, wait_until

from .find_processes import fork_server, is_alive, is_gone
from .pipelines import CHAIN, STEP_NAMES, Wool, let_go_on, step_log
from .processes.shared_launcher import SharedLauncher
from .rows import NO_QUOTA, Rows

STOP_S = threads._STOP_S
NICE = {WORK: 5, INTERACTIVE: 2}


class House:
    """An executor that can be stopped and restarted over the same rows."""

    def __init__(self, rows: Rows, folder: Path, launcher: Launcher | None = None) -> None:
        self.rows = rows
        self.launcher = launcher
        self.workspaces = folder / "jobs"
        self.executor: ThreadExecutor | None = None

    def start(
        self,
        slots: int = 1,
        secrets: Mapping[str, Mapping[str, str]] | None = None,
        modules: Sequence[str] = ("tests.jobs.pipelines",),
        lanes: Mapping[str, int] | None = None,
        niceness: Mapping[str, int] | None = None,
    ) -> None:
        options = ExecutorOptions(
            {"test": CHAIN},
            {"STORAGE_ROOT": str(self.workspaces.parent)},
            self.workspaces,
            lanes or {WORK: slots},
            secrets=secrets or {},
            # 0, since these tests must not depend on the machine's other work.
            niceness=niceness or dict.fromkeys(lanes or [WORK], 0),
        )
        launcher = self.launcher or ForkLauncher(modules)
        self.executor = ThreadExecutor(self.rows.queue, options, launcher)
        self.executor.start()

    def stop(self) -> None:
        if self.executor is not None:
            self.executor.stop()
            self.executor = None

    def submit(self, wool: Wool, work_s: float = 1.0, lane: str = WORK) -> str:
        job_id = self.rows.job(inputs=wool.to_json(), work_s=work_s, lane=lane)
        if self.executor is not None:
            self.executor.wake()
        return job_id

    def retry(self, job_id: str) -> None:
        assert self.rows.jobs.retry("ann", job_id, quota=NO_QUOTA)
        assert self.executor is not None
        self.executor.wake()

    def wait(self, job_id: str, until: Callable[[JobRecord], bool]) -> JobRecord:
        return self.rows.wait(job_id, until)

    def wait_for_end(self, job_id: str) -> JobRecord:
        return self.wait(job_id, lambda r: r.job.finished_s is not None)

    def log(self, job_id: str) -> list[str]:
        return step_log(self.workspaces / job_id)

    def grandchild(self, job_id: str) -> psutil.Process:
        file = self.workspaces / job_id / "grandchild.pid"
        self.wait(job_id, lambda _: file.exists() and file.read_text() != "")
        return psutil.Process(int(file.read_text()))


@pytest.fixture(scope="module")
def shared_launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    launcher = ForkLauncher(["tests.jobs.pipelines"])
    yield SharedLauncher(launcher, tmp_path_factory.mktemp("launcher"))
    launcher.close()


@pytest.fixture
def house(
    shared_launcher: Launcher, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """An executor whose fork server is already running."""
    with _house(House(rows, tmp_path, shared_launcher), monkeypatch) as house:
        yield house


@pytest.fixture
def new_house(rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An executor with its own fork server."""
    with _house(House(rows, tmp_path), monkeypatch) as house:
        yield house


@contextmanager
def _house(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(threads, "_STOP_S", PATIENCE_S)
    _BYSTANDERS.update(psutil.Process().children(recursive=True))
    yield house
    house.stop()
    assert not _children(), "no process outlives its executor"


_BYSTANDERS: set[psutil.Process] = set()  # another test's browser may be open for the whole session


def _children() -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [process for process in found if process not in _BYSTANDERS and is_alive(process)]


def test_job_of_unknown_kind_fails_without_blocking_others(house: House):
    unknown, known = house.rows.job(kind="hologram"), house.submit(Wool())
    house.start()
    record = house.wait_for_end(unknown)
    assert record.job.status is JobStatus.FAILED
    assert record.job.failure is not None
    assert record.job.failure.code == "other_version"
    assert house.wait_for_end(known).job.status is JobStatus.SUCCEEDED


def test_job_runs_all_steps_and_writes_artifact(house: House):
    house.start()
    record = house.wait_for_end(house.submit(Wool()))
    assert record.job.status is JobStatus.SUCCEEDED
    assert [(s.name, s.state) for s in record.steps] == [
        (name, StepState.SUCCEEDED) for name in STEP_NAMES
    ]
    [artifact] = record.artifacts
    assert artifact.name == "pullover/front.bin"
    assert artifact.size == (house.workspaces / record.job.id / artifact.name).stat().st_size


def test_two_slots_run_two_jobs_in_parallel(house: House):
    wool = Wool(mischief={"carding": "wait"})
    first, second = house.submit(wool), house.submit(wool)
    house.start(slots=2)
    for job_id in (first, second):
        house.wait(job_id, lambda r: r.job.status is JobStatus.RUNNING)
    assert house.rows.record(first).job.status is JobStatus.RUNNING


def test_paused_step_runs_again_when_due(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(threads, "_POLL_S", 0.2)
    house.start()
    record = house.wait_for_end(house.submit(Wool(mischief={"spinning": "pause"})))
    assert record.job.status is JobStatus.SUCCEEDED
    assert record.job.attempt == 2
    assert house.log(record.job.id).count("+carding") == 1, "what was finished is kept"


@pytest.mark.parametrize(
    ("kind", "told"), [("test", "wool is warm"), ("another", "nothing was told")]
)
def test_secret_reaches_only_its_job_kind(house: House, kind: str, told: str):
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
def test_step_error_becomes_job_failure(house: House, mischief: str, code: str, retryable: bool):
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


def test_job_fails_after_three_crashes(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"spinning": "kill"}))
    record = house.wait_for_end(job_id)
    assert record.job.failure is not None
    assert record.job.failure.code == "step_crashed"
    assert "signal 9" in record.job.failure.message
    # The first attempt finished a step and does not count; the next three do.
    assert record.job.attempt == 4
    assert house.log(job_id).count("+carding") == 1


def test_repeated_note_is_stored_once(house: House):
    house.start()
    record = house.wait_for_end(house.submit(Wool(mischief={"carding": "note"})))
    assert record.job.notes == ("The wool is a little short.",)


def runs(record: JobRecord, position: int) -> bool:
    """Whether the job runs this step; before it is planned, a job has no steps."""
    return [step.state for step in record.steps[position : position + 1]] == [StepState.RUNNING]


@pytest.mark.parametrize("grandchild_is", ["sleep", "spawn"])
def test_cancel_kills_process_tree(new_house: House, grandchild_is: str):
    new_house.start()
    job_id = new_house.submit(Wool(mischief={"spinning": grandchild_is}))
    grandchild = new_house.grandchild(job_id)
    new_house.wait(job_id, lambda r: runs(r, 1))  # the step before it is stored by then
    new_house.rows.jobs.cancel("ann", job_id)
    record = new_house.wait(job_id, lambda r: r.job.status is JobStatus.CANCELLED)
    assert is_gone(grandchild)
    assert _children() == [fork_server()]
    assert record.steps[0].state is StepState.SUCCEEDED


def test_step_timeout_kills_process_tree(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"spinning": "sleep"}), work_s=0.5)
    grandchild = house.grandchild(job_id)
    record = house.wait_for_end(job_id)
    assert record.job.failure is not None
    assert record.job.failure.code == "step_timeout"
    assert "spinning" in record.job.failure.message
    assert is_gone(grandchild)


def test_retry_keeps_finished_steps(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"knitting": "sleep"}))
    house.grandchild(job_id)
    house.wait(job_id, lambda r: runs(r, 2))
    house.rows.jobs.cancel("ann", job_id)
    house.wait_for_end(job_id)
    house.retry(job_id)
    house.wait(job_id, lambda r: r.steps[2].state is StepState.RUNNING)
    assert house.log(job_id) == ["+carding", "-carding", "+spinning", "-spinning"] + [
        "+knitting"
    ] * house.log(job_id).count("+knitting")


def test_finished_step_with_damaged_file_runs_again(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"knitting": "kill"}))
    house.wait(job_id, lambda r: "+knitting" in house.log(job_id))
    house.wait_for_end(job_id)
    (house.workspaces / job_id / "spinning.bin").write_bytes(b"moths")
    house.retry(job_id)
    house.wait(job_id, lambda r: r.job.status is not JobStatus.FAILED)
    house.wait_for_end(job_id)
    assert house.log(job_id).count("+carding") == 1
    assert house.log(job_id).count("+spinning") == 2


def test_killed_fork_server_costs_one_attempt(new_house: House):
    new_house.start()
    job_id = new_house.submit(Wool(mischief={"spinning": "wait"}))
    new_house.wait(job_id, lambda r: runs(r, 1))
    fork_server().kill()
    new_house.wait(job_id, lambda r: r.job.attempt == 2)
    let_go_on(new_house.workspaces / job_id)
    record = new_house.wait_for_end(job_id)
    assert record.job.status is JobStatus.SUCCEEDED
    assert record.job.attempt == 2
    assert new_house.log(job_id).count("+carding") == 1


def test_stop_during_fork_server_start_releases_job(new_house: House):
    job_id = new_house.submit(Wool())
    new_house.start(modules=["tests.jobs.processes.slow_to_import"])
    new_house.wait(job_id, lambda r: fork_server() is not None)
    new_house.stop()
    assert new_house.rows.record(job_id).job.status is JobStatus.QUEUED


def test_stop_ends_before_containers_are_killed():
    assert STOP_S < 10.0


def test_stop_releases_job_and_restart_continues_it(new_house: House):
    undisturbed = new_house.submit(Wool())
    new_house.start()
    expected = new_house.wait_for_end(undisturbed).artifacts
    job_id = new_house.submit(Wool(mischief={"spinning": "wait"}))
    new_house.wait(job_id, lambda r: runs(r, 1))
    new_house.stop()
    record = new_house.rows.record(job_id)
    assert record.job.status is JobStatus.QUEUED
    assert record.job.crashes <= 0
    assert not _children()
    new_house.start()
    let_go_on(new_house.workspaces / job_id)
    record = new_house.wait_for_end(job_id)
    assert record.artifacts == expected
    assert new_house.log(job_id).count("+carding") == 1


def test_incomplete_files_of_attempt_are_removed(house: House):
    job_id = house.submit(Wool())
    part = house.workspaces / job_id / ".part" / "1-carding.bin"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    house.start()
    house.wait_for_end(job_id)
    assert not part.exists()


def test_lost_lease_kills_child(house: House):
    house.start()
    job_id = house.submit(Wool(mischief={"spinning": "sleep"}))
    grandchild = house.grandchild(job_id)
    [owner] = house.rows.queue.owners()
    house.rows.queue.expire_leases(owner)
    heir = house.rows.claim("heir")
    assert is_gone(grandchild)
    assert house.rows.record(job_id).job.attempt == heir.attempt


def test_interactive_job_runs_while_the_work_lane_is_busy(house: House):
    mixes = [house.submit(Wool(mischief={"spinning": "sleep"})) for _ in range(2)]
    house.start(lanes={WORK: 1, INTERACTIVE: 1})
    house.grandchild(mixes[0])
    preview = house.submit(Wool(), lane=INTERACTIVE)
    assert house.wait_for_end(preview).job.status is JobStatus.SUCCEEDED
    seen = [house.rows.record(mix).job.status for mix in mixes]
    assert seen == [JobStatus.RUNNING, JobStatus.QUEUED]


def test_children_of_a_lane_have_its_niceness(house: House):
    house.start(lanes={WORK: 1, INTERACTIVE: 1}, niceness=NICE)
    jobs = {lane: house.submit(Wool(mischief={"carding": "sleep"}), lane=lane) for lane in NICE}
    nice = {lane: house.grandchild(job_id).nice() - os.nice(0) for lane, job_id in jobs.items()}
    assert nice == NICE


class NoProcess:
    """A launcher on a system that cannot start another process."""

    def launch(self, order: Order, environment: Mapping[str, str]) -> Child:
        raise OSError("cannot allocate memory")

    def close(self) -> None:
        pass


def test_chores_run_at_the_start_and_again_whatever_the_others_do(rows: Rows, tmp_path: Path):
    runs: list[str] = []

    def fail() -> None:
        runs.append("fails")
        raise OSError("no such folder")

    chores = [Chore(fail, 0.01), Chore(lambda: runs.append("often"), 0.01)]
    chores.append(Chore(lambda: runs.append("once"), 3600.0))
    executor = ThreadExecutor(rows.queue, ExecutorOptions({}, {}, tmp_path), NoProcess(), chores)
    executor.start()
    wait_until(lambda: runs.count("often") > 2 and runs.count("fails") > 2)
    executor.stop()
    assert runs.count("once") == 1


def test_idle_threads_ask_the_queue_seldom_and_wake_at_once(rows: Rows, tmp_path: Path):
    """Each idle thread asks every five seconds, but a new job does not wait for that."""
    asked: list[tuple[str, int | None]] = []

    class Asked(SqlJobQueue):
        def claim(
            self, owner: str, lease_s: float, lane: str = WORK, per_user: int | None = None
        ) -> Claim | None:
            asked.append((lane, per_user))
            return None

    options = ExecutorOptions({}, {}, tmp_path, {WORK: 1, NET: 2}, per_user={NET: 1})
    executor = ThreadExecutor(Asked(rows.database), options, NoProcess())
    executor.start()
    wait_until(lambda: len(asked) == 3)
    assert threads._POLL_S >= 5.0
    executor.wake()
    wait_until(lambda: len(asked) == 6)
    every_thread_once = [(NET, 1), (NET, 1), (WORK, None)]
    assert sorted(asked[3:]) == every_thread_once
    executor.stop()


def test_end_of_a_job_wakes_the_lane_of_the_job_that_waits_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(threads, "_POLL_S", 10 * PATIENCE_S)
    source = house.submit(Wool())
    after = house.rows.job(inputs=Wool().to_json(), lane=NET, after=source)
    house.start(lanes={WORK: 1, NET: 1})
    assert house.wait_for_end(after).job.status is JobStatus.SUCCEEDED


def test_job_is_released_if_no_process_can_be_started(rows: Rows, tmp_path: Path):
    job_id = rows.job()
    options = ExecutorOptions({"test": CHAIN}, {}, tmp_path)
    with pytest.raises(OSError, match="memory"):
        Attempts(rows.queue, options, NoProcess(), Event()).run(rows.claim())
    job = rows.record(job_id).job
    assert (job.status, job.crashes) == (JobStatus.QUEUED, 0)
