import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from backend.app.jobs.estimate import Waiting, queue_order
from backend.app.jobs.owners import is_dead, own_name
from backend.app.jobs.queue import ExpectedStep, LeaseLost, Standing
from backend.app.jobs.states import Failure, JobStatus, StepState
from backend.app.jobs.workspace import WrittenFile
from backend.app.store.jobs import NewJob

from .rows import LEASE_S, NO_QUOTA, Rows

OOPS = Failure("oops", "It broke.")
FILE = WrittenFile("a.bin", None, 3, "00")
STEPS = [ExpectedStep("a", 1.0, kept=False), ExpectedStep("b", 1.0, kept=False)]


def test_an_empty_queue_gives_nothing(rows: Rows):
    assert rows.queue.claim("me", LEASE_S) is None


def test_a_claim_carries_what_the_job_needs(rows: Rows):
    job_id = rows.job(inputs='{"a": 1}', work_s=12.5)
    claim = rows.claim()
    assert (claim.job_id, claim.inputs, claim.work_s) == (job_id, '{"a": 1}', 12.5)
    assert claim.attempt == 1
    assert rows.record(job_id).job.status is JobStatus.RUNNING


def test_a_leased_job_is_not_given_twice_until_its_lease_ends(rows: Rows):
    rows.job()
    first = rows.claim(lease_s=0.2)
    assert rows.queue.claim("you", LEASE_S) is None
    time.sleep(0.25)
    second = rows.claim("you")
    assert (second.job_id, second.attempt) == (first.job_id, 2)


def test_a_beat_makes_the_lease_last(rows: Rows):
    rows.job()
    claim = rows.claim(lease_s=0.2)
    rows.queue.beat(claim, LEASE_S)
    time.sleep(0.25)
    assert rows.queue.claim("you", LEASE_S) is None


def test_every_write_of_a_zombie_is_refused(rows: Rows):
    job_id = rows.job()
    zombie = rows.claim(lease_s=0.0)
    time.sleep(0.01)
    heir = rows.claim("you")
    rows.queue.planned(heir, STEPS)
    before = rows.record(job_id)
    queue = rows.queue
    for write in (
        lambda: queue.beat(zombie, LEASE_S),
        lambda: queue.planned(zombie, []),
        lambda: queue.step_started(zombie, "a"),
        lambda: queue.progressed(zombie, "a", 0.5),
        lambda: queue.noted(zombie, "boo"),
        lambda: queue.step_finished(zombie, "a", [FILE], 1.0),
        lambda: queue.succeeded(zombie),
        lambda: queue.failed(zombie, OOPS),
        lambda: queue.crashed(zombie, OOPS),
        lambda: queue.cancelled(zombie),
        lambda: queue.released(zombie),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert queue.standing(zombie) is Standing.LOST
    assert queue.standing(heir) is Standing.OURS
    assert rows.record(job_id) == before


def test_the_same_owner_is_fenced_by_its_attempt(rows: Rows):
    rows.job()
    zombie = rows.claim("me", lease_s=0.0)
    time.sleep(0.01)
    rows.claim("me")
    with pytest.raises(LeaseLost):
        rows.queue.succeeded(zombie)


def test_a_job_that_always_dies_ends_at_the_third_attempt(rows: Rows):
    job_id = rows.job()
    for _ in range(3):
        rows.queue.crashed(rows.claim(), OOPS)
    job = rows.record(job_id).job
    assert (job.status, job.failure) == (JobStatus.FAILED, OOPS)
    assert rows.queue.claim("me", LEASE_S) is None


def test_a_job_whose_workers_vanish_ends_at_the_third_attempt(rows: Rows):
    job_id = rows.job()
    for _ in range(3):
        rows.claim(lease_s=0.0)
        time.sleep(0.01)
    assert rows.queue.claim("me", LEASE_S) is None
    job = rows.record(job_id).job
    assert job.status is JobStatus.FAILED
    assert job.failure is not None
    assert job.failure.code == "interrupted"


def test_an_attempt_that_finished_a_step_does_not_count(rows: Rows):
    job_id = rows.job()
    rows.queue.crashed(rows.claim(), OOPS)
    rows.queue.crashed(rows.claim(), OOPS)
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_finished(claim, "a", [], 1.0)
    rows.queue.crashed(claim, OOPS)
    assert rows.record(job_id).job.status is JobStatus.QUEUED


def test_an_orderly_release_does_not_count(rows: Rows):
    job_id = rows.job()
    for _ in range(5):
        rows.queue.released(rows.claim())
    job = rows.record(job_id).job
    assert (job.status, job.crashes) == (JobStatus.QUEUED, 0)


def test_finished_steps_and_their_files_come_with_the_next_claim(rows: Rows):
    job_id = rows.job()
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_finished(claim, "a", [FILE], 2.0)
    rows.queue.step_started(claim, "b")
    rows.queue.released(claim)
    [finished] = rows.claim().finished
    assert (finished.name, finished.files) == ("a", (FILE,))
    assert [s.state for s in rows.record(job_id).steps] == [StepState.SUCCEEDED, StepState.WAITING]


def test_a_plan_that_does_not_keep_a_step_forgets_its_files(rows: Rows):
    rows.job()
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_finished(claim, "a", [FILE], 2.0)
    rows.queue.planned(claim, STEPS)
    rows.queue.released(claim)
    assert rows.claim().finished == ()


def test_progress_of_a_step_never_goes_back(rows: Rows):
    job_id = rows.job()
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_started(claim, "a")
    rows.queue.progressed(claim, "a", 0.6)
    rows.queue.progressed(claim, "a", 0.4)
    assert rows.record(job_id).steps[0].progress == 0.6


def test_a_waiting_job_is_cancelled_at_once(rows: Rows):
    job_id = rows.job()
    rows.jobs.cancel("ann", job_id)
    assert rows.record(job_id).job.status is JobStatus.CANCELLED
    assert rows.queue.claim("me", LEASE_S) is None


def test_a_running_job_is_asked_to_end(rows: Rows):
    rows.job()
    claim = rows.claim()
    rows.jobs.cancel("ann", claim.job_id)
    assert rows.queue.standing(claim) is Standing.CANCELLED


@pytest.mark.parametrize("leave", ["released", "vanished"])
def test_a_cancelled_job_is_not_handed_out_again(rows: Rows, leave: str):
    job_id = rows.job()
    claim = rows.claim(lease_s=0.0 if leave == "vanished" else LEASE_S)
    rows.jobs.cancel("ann", job_id)
    if leave == "released":
        rows.queue.released(claim)
    time.sleep(0.01)
    assert rows.queue.claim("me", LEASE_S) is None
    assert rows.record(job_id).job.status is JobStatus.CANCELLED


def test_users_take_turns(rows: Rows):
    rows.user("bob")
    rows.user("cat")
    mine = {u: [rows.job(u) for _ in range(n)] for u, n in (("ann", 5), ("bob", 2), ("cat", 1))}
    served = []
    for _ in range(8):
        claim = rows.claim()
        served.append(claim.job_id)
        rows.queue.succeeded(claim)
    first_round = [mine["ann"][0], mine["bob"][0], mine["cat"][0]]
    assert served == [*first_round, mine["ann"][1], mine["bob"][1], *mine["ann"][2:]]


def test_who_has_a_job_running_comes_after_who_has_none(rows: Rows):
    rows.user("bob")
    for _ in range(3):
        rows.job("ann")
    rows.claim()
    rows.claim()
    late = rows.job("bob")
    assert rows.claim().job_id == late


def test_the_queue_position_told_is_the_order_kept(rows: Rows):
    for user in ("bob", "cat", "dan"):
        rows.user(user)
    for i, user in enumerate(
        ["ann", "bob", "ann", "ann", "cat", "bob", "dan", "cat", "ann", "dan", "dan", "dan"]
    ):
        rows.job(user, work_s=i)
    for _ in range(2):  # a history, so that turns matter
        rows.queue.succeeded(rows.claim())
    queue = rows.jobs.queue()
    waiting = [Waiting(j.id, j.user_id, j.queued_s, 1.0) for j in queue.waiting]
    told = [job.job_id for job in queue_order(waiting, queue.turns["work"])]
    kept = []
    for _ in told:
        claim = rows.claim()
        kept.append(claim.job_id)
        rows.queue.succeeded(claim)
    assert told == kept


def test_speeds_are_medians_over_the_newest_measurements(rows: Rows):
    for seconds in [100.0] * 30 + [2.0] * 8 + [4.0] * 12:
        rows.job(work_s=2.0)
        claim = rows.claim()
        rows.queue.planned(claim, STEPS)
        rows.queue.step_finished(claim, "a", [], seconds)
        rows.queue.succeeded(claim)
    assert rows.queue.speeds("test") == {"a": 2.0}
    assert rows.queue.speeds("other") == {}


def _racer(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.racer", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def _race(rows: Rows, processes: int, jobs: int) -> float:
    """Claims a second, once it is sure that each job was taken exactly once."""
    ids = {rows.job() for _ in range(jobs)}
    with ExitStack() as stack:
        racers = [stack.enter_context(_racer(rows.url)) for _ in range(processes)]
        assert [racer.stdout.readline() for racer in racers] == ["ready\n"] * processes
        began = time.monotonic()
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        with ThreadPoolExecutor(processes) as readers:  # a racer must not wait for its reader
            taken = "".join(readers.map(lambda racer: racer.stdout.read(), racers)).split()
        seconds = time.monotonic() - began
    assert len(taken) == jobs
    assert set(taken) == ids
    return jobs / seconds


def test_processes_that_race_never_get_the_same_job(rows: Rows):
    _race(rows, processes=4, jobs=200)


@pytest.mark.soak
def test_eight_processes_race_for_1500_jobs_twenty_times(rows: Rows):
    speeds = [_race(rows, processes=8, jobs=1500) for _ in range(20)]
    assert sorted(speeds)[10] >= 200  # claims a second; below that the queue itself is the brake


def test_an_owner_of_this_process_lives():
    assert not is_dead(own_name())


def test_an_owner_is_dead_once_its_process_is_killed():
    code = "from backend.app.jobs.owners import own_name; print(own_name(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        owner = process.stdout.readline().decode().strip()
        assert not is_dead(owner)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert is_dead(owner)


def test_a_later_process_of_the_same_number_is_not_the_owner():
    host, pid, _, token = own_name().split("/")
    assert is_dead(f"{host}/{pid}/1/{token}")


def test_of_another_host_nothing_is_known():
    _, pid, started, token = own_name().split("/")
    assert not is_dead(f"elsewhere#1/{pid}/{started}/{token}")


def test_leases_of_the_dead_end_at_once(rows: Rows):
    rows.job()
    rows.claim("dead")
    assert rows.queue.owners() == {"dead"}
    rows.queue.disown("dead")
    assert rows.claim("me").attempt == 2


def test_a_full_quota_lets_no_job_in(rows: Rows):
    for _ in range(2):
        rows.job()
    rows.claim()
    new = NewJob("x", "ann", "test", "x", "{}", "{}", 1.0)
    assert not rows.jobs.add(new, quota=2)
    assert rows.jobs.add(new, quota=NO_QUOTA)


def test_a_steps_speed_is_kept_for_each_pace(rows: Rows):
    for pace, seconds in (("draft", 2.0), ("htdemucs", 80.0), ("kept", 0.0)):
        rows.job(work_s=2.0)
        claim = rows.claim()
        rows.queue.planned(claim, STEPS)
        rows.queue.step_finished(claim, "a", [], seconds, pace)
        rows.queue.succeeded(claim)
    assert rows.queue.speeds("test") == {"a@draft": 1.0, "a@htdemucs": 40.0, "a@kept": 0.0}
