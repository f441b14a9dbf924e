"""The machine under a running API changes: its clock, its disk, a second API, a deleted track."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.jobs.pipelines import STEP_NAMES, Wool, step_log

from .house import House, artifacts_of, state_of
from .trials import knitting, mixtape

LIBFAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
LONG = Wool(seconds=2.0)


@pytest.fixture
def faked_clock(tmp_path: Path) -> Path:
    """A file that offsets the API's clock."""
    assert LIBFAKETIME.exists(), "this test needs libfaketime (Debian: libfaketime)"
    offset = tmp_path / "clock"
    offset.write_text("+0")
    return offset


@pytest.mark.soak
@pytest.mark.parametrize("jump", ["+1h", "-1h"])
def test_job_and_sign_in_survive_a_jump_of_the_clock(
    faked_clock: Path, tmp_path: Path, jump: str
) -> None:
    settings = {
        "LD_PRELOAD": str(LIBFAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(faked_clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with House(tmp_path / "storage", replace(knitting(tmp_path, LONG), settings=settings)) as house:
        undisturbed = house.wait_for_end(house.submit())
        assert undisturbed["status"] == "succeeded", undisturbed
        job_id = house.submit()
        house.wait_for(job_id, lambda job: job["step"] == STEP_NAMES[1])
        faked_clock.write_text(jump)
        house.wait_until(lambda: clock_is_off(house), "the clock does not jump")
        house.wait_until(lambda: is_signed_in(house), "no sign-in after the jump")
        job = house.wait_for_end(job_id)
        assert job["status"] == "succeeded", job
        assert artifacts_of(job) == artifacts_of(undisturbed)
        later = house.wait_for_end(house.submit())
        assert later["status"] == "succeeded", later


def clock_is_off(house: House) -> bool:
    """Whether the API's clock is far from ours."""
    says = parsedate_to_datetime(house.client.get("/health").headers["Date"])
    return abs(says - datetime.now(UTC)) > timedelta(minutes=30)


def is_signed_in(house: House) -> bool:
    """Whether the user is known; the old access token has expired, or is from the future."""
    return house.client.get("/jobs").status_code == 200


@pytest.fixture
def read_only_jobs(tmp_path: Path) -> Iterator[Path]:
    """The folder of the jobs' workspaces, on a mount of its own that can be made read-only."""
    jobs = tmp_path / "storage" / "jobs"
    jobs.mkdir(parents=True)
    mount("--bind", str(jobs), str(jobs))
    yield jobs
    subprocess.run(["umount", "--lazy", str(jobs)], check=True)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


@pytest.mark.soak
def test_read_only_storage_fails_jobs_until_it_is_writable(
    read_only_jobs: Path, tmp_path: Path
) -> None:
    with House(tmp_path / "storage", knitting(tmp_path, Wool())) as house:
        mount("-o", "remount,ro,bind", str(read_only_jobs))
        failed = house.wait_for_end(house.submit())
        assert failed["error"]["code"] == "not_writable", failed
        mount("-o", "remount,rw,bind", str(read_only_jobs))
        house.client.post(f"/jobs/{failed['id']}/retry")
        job = house.wait_for_end(str(failed["id"]))
        assert job["status"] == "succeeded", job


@pytest.mark.soak
def test_job_without_memory_fails_and_the_next_succeeds(tmp_path: Path) -> None:
    with House(tmp_path / "storage", knitting(tmp_path, LONG)) as house:
        hungry = Wool(mischief={STEP_NAMES[1]: "memory"})
        failed = house.wait_for_end(house.submit(description={"intro": hungry.to_json()}))
        assert failed["error"]["code"] == "out_of_memory", failed
        assert house.wait_for_end(house.submit())["status"] == "succeeded"


@pytest.mark.soak
def test_two_apis_on_one_storage_run_each_job_once(tmp_path: Path) -> None:
    trial = knitting(tmp_path, Wool(seconds=0.3))
    with House(tmp_path / "storage", trial) as house:
        second = House(tmp_path / "storage", trial)
        second.start()
        jobs = [house.submit() for _ in range(8)]
        house.wait_for(jobs[2], lambda job: state_of(job, STEP_NAMES[0]) != "waiting")
        second.__exit__()  # kill -9; the other takes over what it ran
        ended = [house.wait_for_end(job_id) for job_id in jobs]
        assert [job["status"] for job in ended] == ["succeeded"] * len(jobs)
        for job in ended:
            starts = step_log(house.workspace(str(job["id"]))).count(f"+{STEP_NAMES[0]}")
            assert starts <= job["attempt"], job


@pytest.mark.soak
def test_track_deleted_under_a_running_mix(tmp_path: Path) -> None:
    """The mix ends either way, with a reason; the API goes on."""
    with House(tmp_path / "storage", mixtape(tmp_path)) as house:
        job_id = house.submit()
        house.wait_for(job_id, lambda job: job["status"] == "running")
        upload = house.job(job_id)["request"]["tracks_upload_id"]
        deleted = house.client.delete(f"/uploads/{upload}")
        assert deleted.status_code in (204, 409), deleted.text
        job = house.wait_for_end(job_id)
        if job["status"] == "failed":
            assert deleted.status_code == 204
            assert job["error"]["code"] == "not_found", job
        assert house.client.get("/health").status_code == 200
