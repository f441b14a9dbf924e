import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.app.jobs.estimate import Waiting, queue_order
from backend.app.jobs.owners import is_dead, own_name
from backend.app.jobs.queue import ClaimState, ExpectedStep, LeaseLost
from backend.app.jobs.states import Failure, JobStatus, StepState
from backend.app.jobs.workspace import WrittenFile
from backend.app.store.jobs.job_store import NewJob
from tests import ROOT
from tests.jobs.rows import LEASE_S, NO_QUOTA, Rows

OOPS = Failure("oops", "It broke.")
FILE = WrittenFile("a.bin", None, 3, "00")
STEPS = [ExpectedStep("a", 1.0, kept=False), ExpectedStep("b", 1.0, kept=False)]


def test_empty_queue_returns_none(rows: Rows):
    assert rows.queue.claim("me", LEASE_S) is None


def test_claim_contains_job_inputs(rows: Rows):
    job_id = rows.job(inputs='{"a": 1}', work_s=12.5)
    claim = rows.claim()
    assert (claim.job_id, claim.inputs, claim.work_s) == (job_id, '{"a": 1}', 12.5)
    assert claim.attempt == 1
    assert rows.record(job_id).job.status is JobStatus.RUNNING


def test_leased_job_is_claimed_again_only_after_lease_end(rows: Rows):
    rows.job()
    first = rows.claim()
    assert rows.queue.claim("you", LEASE_S) is None
    rows.set(first.job_id, lease_until=0.0)
    second = rows.claim("you")
    assert (second.job_id, second.attempt) == (first.job_id, 2)


def test_beat_renews_lease(rows: Rows):
    rows.job()
    claim = rows.claim()
    rows.set(claim.job_id, lease_until=0.0)
    rows.queue.beat(claim, LEASE_S)
    assert rows.queue.claim("you", LEASE_S) is None


def test_writes_of_lost_claim_are_rejected(rows: Rows):
    job_id = rows.job()
    lost = rows.claim(lease_s=0.0)
    time.sleep(0.01)
    held = rows.claim("you")
    rows.queue.planned(held, STEPS)
    before = rows.record(job_id)
    queue = rows.queue
    for write in (
        lambda: queue.beat(lost, LEASE_S),
        lambda: queue.planned(lost, []),
        lambda: queue.step_started(lost, "a"),
        lambda: queue.progressed(lost, "a", 0.5),
        lambda: queue.noted(lost, "boo"),
        lambda: queue.retitled(lost, "boo"),
        lambda: queue.step_finished(lost, "a", [FILE], 1.0),
        lambda: queue.succeeded(lost),
        lambda: queue.failed(lost, OOPS),
        lambda: queue.crashed(lost, OOPS),
        lambda: queue.cancelled(lost),
        lambda: queue.released(lost),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert queue.claim_state(lost) is ClaimState.LOST
    assert queue.claim_state(held) is ClaimState.OURS
    assert rows.record(job_id) == before


def test_attempt_fences_same_owner(rows: Rows):
    rows.job()
    lost = rows.claim("me", lease_s=0.0)
    time.sleep(0.01)
    rows.claim("me")
    with pytest.raises(LeaseLost):
        rows.queue.succeeded(lost)


def test_job_fails_after_third_crash(rows: Rows):
    job_id = rows.job()
    for _ in range(3):
        rows.queue.crashed(rows.claim(), OOPS)
    job = rows.record(job_id).job
    assert (job.status, job.failure) == (JobStatus.FAILED, OOPS)
    assert rows.queue.claim("me", LEASE_S) is None


def test_job_fails_after_third_expired_lease(rows: Rows):
    job_id = rows.job()
    for _ in range(3):
        rows.claim(lease_s=0.0)
        time.sleep(0.01)
    assert rows.queue.claim("me", LEASE_S) is None
    job = rows.record(job_id).job
    assert job.status is JobStatus.FAILED
    assert job.failure is not None
    assert job.failure.code == "interrupted"


def test_attempt_with_finished_step_is_no_crash(rows: Rows):
    job_id = rows.job()
    rows.queue.crashed(rows.claim(), OOPS)
    rows.queue.crashed(rows.claim(), OOPS)
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_finished(claim, "a", [], 1.0)
    rows.queue.crashed(claim, OOPS)
    assert rows.record(job_id).job.status is JobStatus.QUEUED


def test_release_is_no_crash(rows: Rows):
    job_id = rows.job()
    for _ in range(5):
        rows.queue.released(rows.claim())
    job = rows.record(job_id).job
    assert (job.status, job.crashes) == (JobStatus.QUEUED, 0)


def test_next_claim_contains_finished_steps_and_files(rows: Rows):
    job_id = rows.job()
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_finished(claim, "a", [FILE], 2.0)
    rows.queue.step_started(claim, "b")
    rows.queue.released(claim)
    [finished] = rows.claim().finished
    assert (finished.name, finished.files) == ("a", (FILE,))
    assert [s.state for s in rows.record(job_id).steps] == [StepState.SUCCEEDED, StepState.WAITING]


def test_planning_a_step_again_deletes_its_file_records(rows: Rows):
    rows.job()
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_finished(claim, "a", [FILE], 2.0)
    rows.queue.planned(claim, STEPS)
    rows.queue.released(claim)
    assert rows.claim().finished == ()


def test_progress_never_falls(rows: Rows):
    job_id = rows.job()
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_started(claim, "a")
    rows.queue.progressed(claim, "a", 0.6)
    rows.queue.progressed(claim, "a", 0.4)
    assert rows.record(job_id).steps[0].progress == 0.6


def test_waiting_job_is_cancelled_immediately(rows: Rows):
    job_id = rows.job()
    rows.jobs.cancel("ann", job_id)
    assert rows.record(job_id).job.status is JobStatus.CANCELLED
    assert rows.queue.claim("me", LEASE_S) is None


def test_cancelling_running_job_marks_its_claim(rows: Rows):
    rows.job()
    claim = rows.claim()
    rows.jobs.cancel("ann", claim.job_id)
    assert rows.queue.claim_state(claim) is ClaimState.CANCELLED


@pytest.mark.parametrize("leave", ["released", "vanished"])
def test_cancelled_job_is_not_claimed_again(rows: Rows, leave: str):
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


def test_users_without_running_jobs_come_first(rows: Rows):
    rows.user("bob")
    for _ in range(3):
        rows.job("ann")
    rows.claim()
    rows.claim()
    late = rows.job("bob")
    assert rows.claim().job_id == late


def test_running_jobs_count_more_than_last_service(rows: Rows):
    rows.user("bob")
    for user in ("ann", "bob", "ann", "bob"):
        rows.job(user)
    running, ended = rows.claim(), rows.claim()
    rows.queue.succeeded(ended)  # Bob had the last turn, and has no running job
    assert rows.record(running.job_id).job.user_id == "ann"
    assert rows.record(rows.claim().job_id, "bob").job.status is JobStatus.RUNNING


def test_user_holds_only_so_many_of_an_owners_places(rows: Rows):
    rows.user("bob")
    jobs = [rows.job("ann") for _ in range(4)]
    first, second = (rows.queue.claim("me", LEASE_S, per_user=2) for _ in range(2))
    assert [first.job_id, second.job_id] == jobs[:2]
    assert rows.queue.claim("me", LEASE_S, per_user=2) is None
    late = rows.job("bob")
    assert rows.queue.claim("me", LEASE_S, per_user=2).job_id == late
    assert rows.queue.claim("another server", LEASE_S, per_user=2).job_id == jobs[2]
    rows.queue.succeeded(first)
    assert rows.queue.claim("me", LEASE_S, per_user=2).job_id == jobs[3]


def test_shown_queue_order_is_claim_order(rows: Rows):
    for user in ("bob", "cat", "dan"):
        rows.user(user)
    for i, user in enumerate(
        ["ann", "bob", "ann", "ann", "cat", "bob", "dan", "cat", "ann", "dan", "dan", "dan"]
    ):
        rows.job(user, work_s=i)
    for _ in range(2):  # earlier jobs, without which turns would not matter
        rows.queue.succeeded(rows.claim())
    queue = rows.jobs.queue()
    waiting = [Waiting(j.id, j.user_id, j.queued_s, 1.0) for j in queue.waiting]
    shown = [job.job_id for job in queue_order(waiting, queue.turns["work"])]
    claimed = []
    for _ in shown:
        claim = rows.claim()
        claimed.append(claim.job_id)
        rows.queue.succeeded(claim)
    assert shown == claimed


def test_speeds_are_medians_of_newest_measurements(rows: Rows):
    for seconds in [100.0] * 30 + [2.0] * 8 + [4.0] * 12:
        rows.job(work_s=2.0)
        claim = rows.claim()
        rows.queue.planned(claim, STEPS)
        rows.queue.step_finished(claim, "a", [], seconds)
        rows.queue.succeeded(claim)
    assert rows.queue.speeds("test") == {"a": 2.0}
    assert rows.queue.speeds("other") == {}


def test_own_process_is_alive():
    assert not is_dead(own_name())


def test_owner_is_dead_after_kill():
    code = "from backend.app.jobs.owners import own_name; print(own_name(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        owner = process.stdout.readline().decode().strip()
        assert not is_dead(owner)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert is_dead(owner)


def test_reused_process_id_is_another_owner():
    host, pid, _, token = own_name().split("/")
    assert is_dead(f"{host}/{pid}/1/{token}")


def test_owner_on_another_host_is_never_dead():
    _, pid, started, token = own_name().split("/")
    assert not is_dead(f"elsewhere#1/{pid}/{started}/{token}")


def test_expired_leases_are_claimed_immediately(rows: Rows):
    rows.job()
    rows.claim("dead")
    assert rows.queue.owners() == {"dead"}
    rows.queue.expire_leases("dead")
    assert rows.claim("me").attempt == 2


def test_full_quota_rejects_job(rows: Rows):
    for _ in range(2):
        rows.job()
    rows.claim()
    new = NewJob("x", "ann", "test", "x", "{}", "{}", 1.0)
    assert not rows.jobs.add(new, quota=2)
    assert rows.jobs.add(new, quota=NO_QUOTA)


def test_speed_is_stored_per_pace(rows: Rows):
    for pace, seconds in (("draft", 2.0), ("htdemucs", 80.0), ("kept", 0.0)):
        rows.job(work_s=2.0)
        claim = rows.claim()
        rows.queue.planned(claim, STEPS)
        rows.queue.step_finished(claim, "a", [], seconds, pace)
        rows.queue.succeeded(claim)
    assert rows.queue.speeds("test") == {"a@draft": 1.0, "a@htdemucs": 40.0, "a@kept": 0.0}


def test_zombie_owner_is_dead():
    """Its parent has not collected it yet, but it does no more work."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        host, _, _, token = own_name().split("/")
        stat = Path(f"/proc/{process.pid}/stat").read_text()
        owner = f"{host}/{process.pid}/{stat.rpartition(')')[2].split()[19]}/{token}"
        assert not is_dead(owner)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_dead(owner)


def test_job_with_an_expired_lease_takes_no_turn(rows: Rows):
    rows.user("bob")
    rows.job("bob")
    rows.claim()
    crashed = rows.job("ann")
    rows.claim()
    rows.job("bob")
    rows.set(crashed, lease_until=0.0)  # Bob's last turn is longer ago, but he has a running job
    assert rows.claim().job_id == crashed


def test_start_time_is_that_of_the_first_attempt(rows: Rows):
    job_id = rows.job()
    rows.queue.released(rows.claim())
    started_s = rows.record(job_id).job.started_s
    rows.claim()
    assert rows.record(job_id).job.started_s == started_s is not None


def test_only_ended_jobs_have_an_end_and_only_running_ones_a_detail(rows: Rows):
    job_id = rows.job()
    for leave, ends in ((rows.queue.released, False), (rows.queue.succeeded, True)):
        claim = rows.claim()
        rows.queue.planned(claim, STEPS)
        rows.queue.progressed(claim, "a", 0.5, "track 3 of 4")
        assert rows.record(job_id).job.detail == "track 3 of 4"
        leave(claim)
        job = rows.record(job_id).job
        assert (job.finished_s is not None, job.detail) == (ends, None)


def test_next_step_starts_without_the_detail_of_the_last(rows: Rows):
    job_id, claim = rows.job(), rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.progressed(claim, "a", 1.0, "track 4 of 4")
    rows.queue.step_started(claim, "b")
    assert rows.record(job_id).job.detail is None


def test_step_of_a_vanished_process_is_shown_as_failed(rows: Rows):
    job_id = rows.job()
    for _ in range(3):
        claim = rows.claim()
        rows.queue.planned(claim, STEPS)
        rows.queue.step_started(claim, "a")
        rows.queue.expire_leases("me")
    assert rows.queue.claim("me", LEASE_S) is None
    assert [s.state for s in rows.record(job_id).steps] == [StepState.FAILED, StepState.WAITING]


def test_kept_step_keeps_the_time_it_took(rows: Rows):
    job_id, claim = rows.job(), rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_finished(claim, "a", [FILE], 2.0)
    rows.queue.planned(claim, [ExpectedStep("a", 1.0, kept=True), STEPS[1]])
    assert [(s.seconds, s.progress) for s in rows.record(job_id).steps] == [(2.0, 1.0), (None, 0.0)]


def test_job_without_audio_measures_no_speed(rows: Rows):
    rows.job(work_s=0.0)
    claim = rows.claim()
    rows.queue.planned(claim, STEPS)
    rows.queue.step_finished(claim, "a", [], 2.0)
    assert rows.queue.speeds("test") == {}
