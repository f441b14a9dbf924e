"""kill -9 of a child that publishes, at every request it makes: one video, equal bytes, no doubles.

The stand-in kills the child: at a request's arrival, before anything has come of it; or once it is
done, before the answer is on its way.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread

import pytest

from backend.app.contract.jobs import JobView

from .publishing_house import FILM, JPEG, N_CHUNKS, PublishingHouse
from .youtube_faults import Fault

# A child starts in a second where nobody else is at work; sixty times that is a hang.
PATIENCE_S = 60.0
MOST_ATTEMPTS = 4
CHUNKS = [("chunk", n) for n in range(1, N_CHUNKS + 1)]
UPLOADING = [("open", 1), *[("chunk", 1)] * N_CHUNKS]
DRESSING = [
    ("thumbnails.set", 1),
    ("playlists.list", 1),
    ("playlists.insert", 1),
    ("playlistItems.list", 1),
    ("playlistItems.insert", 1),
]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[PublishingHouse]:
    with PublishingHouse(tmp_path) as house:
        yield house


class Killer:
    """Kills the child at the requests it is told of, one after another."""

    def __init__(self, house: PublishingHouse) -> None:
        self.house = house
        self.child_is: list[int] = []
        self.kills = 0
        self._at: tuple[str, int] | None = None
        house.youtube.on_request = lambda kind: self._look(kind, before=True)
        house.youtube.on_done = lambda kind: self._look(kind, before=False)
        self._before = True

    def wait_for(self, kind: str, nth: int, *, before: bool) -> None:
        """The ``nth`` request of a kind from now on."""
        counts = self.house.youtube.script.counts
        counts.clear()
        self._at, self._before = (kind, nth), before

    def _look(self, kind: str, *, before: bool) -> None:
        if self._at is None or before is not self._before:
            return
        wanted, nth = self._at
        seen = self.house.youtube.script.counts[kind] + (1 if before else 0)
        if (kind, seen) == (wanted, nth):
            self._at = None
            self.kills += 1
            os.kill(self.child_is[0], signal.SIGKILL)
            time.sleep(0.02)  # it is dead before it could hear an answer

    def attempt(self, job_id: str) -> JobView:
        """One attempt by a process of its own; it has to be over in time."""
        views: list[JobView] = []
        runner = Thread(
            target=lambda: views.append(self.house.run_as_a_child(job_id, self.child_is))
        )
        runner.start()
        runner.join(PATIENCE_S)
        if runner.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.child_is[0], signal.SIGKILL)
            runner.join()
            pytest.fail("the attempt hangs")
        return views[0]

    def go_on(self, job_id: str) -> JobView:
        """Attempts until the job is through; what was given up is retried, as a person would."""
        for _ in range(MOST_ATTEMPTS):
            job = self.attempt(job_id)
            if job.status == "succeeded":
                return job
            if job.status == "failed":
                assert job.error is not None
                assert job.error.code == "step_crashed", job.error
                self.house.jobs.retry("ann", job_id)
        return job


def expect_one_of_each(house: PublishingHouse) -> None:
    channel = house.youtube.channel
    [video] = channel.videos.values()
    assert video.sha256 == hashlib.sha256(FILM).hexdigest()
    assert video.thumbnail == hashlib.sha256(JPEG).hexdigest()
    assert list(channel.playlists.values()) == ["Mixes"]
    assert list(channel.items.values()) == [[video.id]]
    assert channel.duplicates() == []


def kill_again_and_again(house: PublishingHouse, places: Sequence[tuple[str, int]]) -> None:
    """One job, each of its attempts a request further than the one before."""
    job_id = house.ask(house.mix(), playlist_title="Mixes").id
    killer = Killer(house)
    for kills, (kind, nth) in enumerate(places, start=1):
        killer.wait_for(kind, nth, before=False)
        job = killer.attempt(job_id)
        assert killer.kills == kills, (kind, job)
        if job.status == "failed":
            house.jobs.retry("ann", job_id)
    assert killer.go_on(job_id).status == "succeeded"
    expect_one_of_each(house)
    assert len(house.youtube.channel.sessions) == 2  # the first one's address was never heard


def test_one_upload_is_killed_after_every_request_it_makes(house: PublishingHouse):
    """Once it is opened, between any two chunks, and after the last byte."""
    kill_again_and_again(house, UPLOADING)


@pytest.mark.soak
def test_one_job_is_killed_after_every_request_it_makes(house: PublishingHouse):
    kill_again_and_again(house, [*UPLOADING, *DRESSING])


def survive(house: PublishingHouse, kind: str, nth: int, *, before: bool) -> None:
    job_id = house.ask(house.mix(), playlist_title="Mixes").id
    killer = Killer(house)
    killer.wait_for(kind, nth, before=before)
    assert killer.attempt(job_id).status == "queued"
    assert killer.kills == 1
    assert killer.go_on(job_id).status == "succeeded"
    expect_one_of_each(house)
    # What was there is not sent again: at most the chunk that was on its way
    assert len(house.youtube.channel.sessions) <= (2 if kind == "open" else 1)


def test_a_job_that_is_killed_before_its_upload_is_opened_goes_on(house: PublishingHouse):
    survive(house, "open", 1, before=True)


@pytest.mark.soak
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(("kind", "nth"), [("open", 1), *CHUNKS, *DRESSING])
def test_a_kill_at_any_request(house: PublishingHouse, kind: str, nth: int, before: bool):
    survive(house, kind, nth, before=before)


def test_a_cancelled_upload_stops_and_a_retry_goes_on_from_the_last_byte(house: PublishingHouse):
    mix = house.mix()
    job_id = house.ask(mix).id
    killer = Killer(house)

    def cancel(kind: str) -> None:
        if kind == "chunk" and house.youtube.script.counts["chunk"] == 2:
            house.jobs.cancel("ann", job_id)
            time.sleep(1.0)  # four times as long as a supervisor takes to notice

    house.youtube.on_request = cancel
    job = killer.attempt(job_id)
    assert job.status == "cancelled"
    [told] = house.show(mix).publications
    assert (told.state, told.video_id) == ("cancelled", None)
    house.youtube.on_request = lambda kind: None
    house.youtube.script.counts.clear()
    house.jobs.retry("ann", job_id)
    assert killer.attempt(job_id).status == "succeeded"
    counts = house.youtube.script.counts
    assert (counts["open"], counts["query"]) == (0, 1)
    assert counts["chunk"] < N_CHUNKS
    [video] = house.youtube.channel.videos.values()
    assert video.sha256 == hashlib.sha256(FILM).hexdigest()


def test_neither_address_nor_token_is_written_or_said_in_clear(
    house: PublishingHouse, capfd: pytest.CaptureFixture[str]
):
    """By a child that is killed, one whose upload is gone, and one that ends well."""
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
    said = [*dumps, capfd.readouterr().err, *(job.model_dump_json() for job in jobs)]
    assert "upload 1 of this publication is begun" in said[len(dumps)]  # the children's log
    for secret in ("upload_id=", "session-1", "session-2", *house.grant.access_tokens):
        assert not [text for text in said if secret in text], secret


def _dump(file: str) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return "\n".join(connection.iterdump())
