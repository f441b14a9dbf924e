"""A publish job killed at any request still makes exactly one, identical video.

The stand-in for YouTube kills the child process when a request arrives, before it has an effect, or
when it is done, before the answer is sent.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from backend.app.contract.jobs import JobView
from backend.app.jobs.processes.fork_launcher import ForkLauncher
from tests.patience import PATIENCE_S

from ..pipelines import FAST_PUBLISH
from ..publishing_house import FILM, JPEG, N_CHUNKS, PublishingHouse
from ..stand_ins.youtube_faults import Fault

MOST_ATTEMPTS = 4
CHECKED = {"privacy": "public", "wait_for_checks": True}
CHUNKS = [("chunk", n) for n in range(1, N_CHUNKS + 1)]
UPLOADING = [("open", 1), *[("chunk", 1)] * N_CHUNKS]
DRESSING = [
    ("thumbnails.set", 1),
    ("playlists.list", 1),
    ("playlists.insert", 1),
    ("playlistItems.list", 1),
    ("playlistItems.insert", 1),
]
LOOKING = [("videos.list", 1)]
# until the checks are done: two looks, the privacy before its change, the change, a look at it
RELEASING = [("videos.list", 1), ("videos.list", 2), ("videos.list", 3), ("videos.update", 1)]


@pytest.fixture(scope="module")
def launcher() -> Iterator[ForkLauncher]:
    """One fork server for all tests: its imports take two seconds."""
    launcher = ForkLauncher([FAST_PUBLISH.partition(":")[0]])
    yield launcher
    launcher.close()


@pytest.fixture
def house(tmp_path: Path, launcher: ForkLauncher) -> Iterator[PublishingHouse]:
    with PublishingHouse(tmp_path, launcher=launcher) as house:
        yield house


@pytest.fixture
def new_launcher(house: PublishingHouse) -> Iterator[None]:
    """Fork from a server that starts in the test, so that ``capfd`` gets the children's log."""
    with closing(ForkLauncher([FAST_PUBLISH.partition(":")[0]])) as launcher:
        house.launcher = launcher
        yield


class Killer:
    """Kills the child at given requests, one after another."""

    def __init__(self, house: PublishingHouse) -> None:
        self.house = house
        self.child_is: list[int] = []
        self.kills = 0
        self._at: tuple[str, int] | None = None
        house.youtube.on_request = lambda kind: self._look(kind, before=True)
        house.youtube.on_done = lambda kind: self._look(kind, before=False)
        self._before = True

    def wait_for(self, kind: str, nth: int, *, before: bool) -> None:
        """Kill at the ``nth`` request of a kind from now on."""
        counts = self.house.youtube.script.counts
        counts.clear()
        self._at, self._before = (kind, nth), before

    def _look(self, kind: str, *, before: bool) -> None:
        if self._at is None or before is not self._before:
            return
        kind_to_kill, nth = self._at
        seen = self.house.youtube.script.counts[kind] + (1 if before else 0)
        if (kind, seen) == (kind_to_kill, nth):
            self._at = None
            self.kills += 1
            os.kill(self.child_is[0], signal.SIGKILL)
            time.sleep(0.02)  # the child dies before the answer arrives

    def attempt(self, job_id: str) -> JobView:
        """One attempt in a child process, with a time limit."""
        watchdog = Timer(PATIENCE_S, lambda: os.kill(self.child_is[0], signal.SIGKILL))
        watchdog.start()
        job = self.house.run_as_a_child(job_id, self.child_is)
        assert watchdog.is_alive(), "the attempt hangs"
        watchdog.cancel()
        return job

    def attempt_until_killed(self, job_id: str) -> JobView:
        """Attempt again after each pause, until the kill has come."""
        for _ in range(MOST_ATTEMPTS):
            job = self.attempt(job_id)
            if self._at is None or job.status != "queued":
                break
        assert self._at is None, job
        return job

    def finish(self, job_id: str) -> JobView:
        """Attempt until the job succeeds, retrying crashed attempts as a user would."""
        for _ in range(MOST_ATTEMPTS):
            job = self.attempt(job_id)
            if job.status == "succeeded":
                return job
            if job.status == "failed":
                assert job.error is not None
                assert job.error.code == "step_crashed", job.error
                self.house.jobs.retry("ann", job_id)
        return job


def assert_one_of_each(house: PublishingHouse) -> None:
    channel = house.youtube.channel
    [video] = channel.videos.values()
    assert video.sha256 == hashlib.sha256(FILM).hexdigest()
    assert video.thumbnail == hashlib.sha256(JPEG).hexdigest()
    assert list(channel.playlists.values()) == ["Mixes"]
    assert list(channel.items.values()) == [[video.id]]
    assert channel.duplicates() == []


def kill_repeatedly(
    house: PublishingHouse, places: Sequence[tuple[str, int]], **options: object
) -> None:
    """Kill each attempt of one job one request later than the last."""
    job_id = house.ask(house.mix(), playlist_title="Mixes", **options).id
    killer = Killer(house)
    for kills, (kind, nth) in enumerate(places, start=1):
        killer.wait_for(kind, nth, before=False)
        job = killer.attempt_until_killed(job_id)
        assert killer.kills == kills, (kind, job)
        if job.status == "failed":
            house.jobs.retry("ann", job_id)
    assert killer.finish(job_id).status == "succeeded"
    assert_one_of_each(house)
    assert len(house.youtube.channel.sessions) == 2  # the address of the first one never arrived


def test_upload_survives_a_kill_after_each_request(house: PublishingHouse):
    """After opening, between chunks, and after the last byte."""
    kill_repeatedly(house, UPLOADING)


@pytest.mark.soak
def test_job_survives_a_kill_after_each_request(house: PublishingHouse):
    kill_repeatedly(house, [*UPLOADING, *DRESSING, *LOOKING])


@pytest.mark.soak
def test_job_that_waits_for_checks_survives_a_kill_after_each_request(house: PublishingHouse):
    kill_repeatedly(house, [*UPLOADING, *DRESSING, *LOOKING, ("videos.update", 1)], **CHECKED)
    assert_released(house)


def assert_released(house: PublishingHouse) -> None:
    [video] = house.youtube.channel.videos.values()
    assert video.resource["status"]["privacyStatus"] == "public"
    assert video.resource["status"]["embeddable"] is True


def survive(
    house: PublishingHouse, kind: str, nth: int, *, before: bool, **options: object
) -> None:
    job_id = house.ask(house.mix(), playlist_title="Mixes", **options).id
    killer = Killer(house)
    killer.wait_for(kind, nth, before=before)
    assert killer.attempt_until_killed(job_id).status == "queued"
    assert killer.finish(job_id).status == "succeeded"
    assert_one_of_each(house)
    # Bytes that were received are not sent again, except the chunk being sent.
    assert len(house.youtube.channel.sessions) <= (2 if kind == "open" else 1)


def test_job_survives_a_kill_before_its_upload_is_opened(house: PublishingHouse):
    survive(house, "open", 1, before=True)


@pytest.mark.soak
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(("kind", "nth"), [("open", 1), *CHUNKS, *DRESSING, *LOOKING])
def test_job_survives_a_kill_at_any_request(
    house: PublishingHouse, kind: str, nth: int, before: bool
):
    survive(house, kind, nth, before=before)


def test_job_survives_a_kill_when_its_video_is_released(house: PublishingHouse):
    survive(house, "videos.update", 1, before=False, **CHECKED)
    assert_released(house)


@pytest.mark.soak
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(("kind", "nth"), RELEASING)
def test_job_that_waits_for_checks_survives_a_kill(
    house: PublishingHouse, kind: str, nth: int, before: bool
):
    survive(house, kind, nth, before=before, **CHECKED)
    assert_released(house)


def test_retry_of_a_cancelled_upload_resumes_at_the_last_byte(house: PublishingHouse):
    mix = house.mix()
    job_id = house.ask(mix).id
    killer = Killer(house)

    def cancel(kind: str) -> None:
        if kind == "chunk" and house.youtube.script.counts["chunk"] == 2:
            house.jobs.cancel("ann", job_id)
            time.sleep(1.0)  # longer than a supervisor takes to notice, a quarter of a second

    house.youtube.on_request = cancel
    job = killer.attempt(job_id)
    assert job.status == "cancelled"
    [publication] = house.show(mix).publications
    assert (publication.state, publication.video_id) == ("cancelled", None)
    house.youtube.on_request = lambda kind: None
    house.youtube.script.counts.clear()
    house.jobs.retry("ann", job_id)
    assert killer.attempt(job_id).status == "succeeded"
    counts = house.youtube.script.counts
    assert (counts["open"], counts["query"]) == (0, 1)
    assert counts["chunk"] < N_CHUNKS
    [video] = house.youtube.channel.videos.values()
    assert video.sha256 == hashlib.sha256(FILM).hexdigest()


@pytest.mark.usefixtures("new_launcher")
def test_upload_address_and_tokens_never_appear_in_clear(
    house: PublishingHouse, capfd: pytest.CaptureFixture[str]
):
    """Neither from a killed child, nor after a lost upload, nor after success."""
    job_id = house.ask(house.mix(), playlist_title="Mixes").id
    killer = Killer(house)
    killer.wait_for("chunk", 2, before=False)
    jobs = [killer.attempt(job_id)]
    rows = house.rows.url.removeprefix("sqlite:///")
    dumps = [_dump(rows)]
    house.youtube.script.faults = [
        Fault("chunk", 1, "status", status=400, reason="badRequest", forget=True),
        Fault("thumbnails.set", 1, "status", status=403, reason="forbidden"),
    ]
    killer.wait_for("nothing", 1, before=False)
    while jobs[-1].status != "succeeded" and len(jobs) < MOST_ATTEMPTS:
        jobs.append(killer.attempt(job_id))
        dumps.append(_dump(rows))
        if jobs[-1].status == "failed":
            house.jobs.retry("ann", job_id)
    assert jobs[-1].status == "succeeded", jobs[-1].error
    texts = [*dumps, capfd.readouterr().err, *(job.model_dump_json() for job in jobs)]
    assert "opened upload 1 of this publication" in texts[len(dumps)]  # the children's log
    for secret in ("upload_id=", "session-1", "session-2", *house.grant.access_tokens):
        assert not [text for text in texts if secret in text], secret


def _dump(file: str) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return "\n".join(connection.iterdump())
