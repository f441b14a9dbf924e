"""The thumbnail and the playlist of a video that stands: what is waited for, and what is a note."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer

import pytest

from backend.app.contract.jobs import JobView
from backend.app.store import database

from .publishing_house import PublishingHouse
from .youtube_faults import Fault, Kind


@pytest.fixture
def house(tmp_path: Path) -> Iterator[PublishingHouse]:
    with PublishingHouse(tmp_path) as house:
        yield house


def spent(kind: Kind) -> Fault:
    return Fault(kind, 1, "status", 99, status=403, reason="quotaExceeded")


def the_moment_comes(house: PublishingHouse, job_id: str) -> JobView:
    """What the job waits for is there; nobody cancels or retries."""
    with closing(sqlite3.connect(house.rows.url.removeprefix("sqlite:///"))) as rows, rows:
        rows.execute("update jobs set not_before_s = 0 where id = ?", (job_id,))
    house.youtube.script.faults = []
    return house.run(job_id)


def expect_dressed(house: PublishingHouse, job: JobView) -> None:
    channel = house.youtube.channel
    assert (job.status, job.notes) == ("succeeded", [])
    [video] = channel.videos.values()
    assert video.thumbnail is not None
    assert list(channel.items.values()) == [[video.id]]
    assert channel.duplicates() == []
    assert house.record(job.id)["thumbnail_set"] is True


@pytest.mark.parametrize(
    "kind", ["thumbnails.set", "playlists.list", "playlists.insert", "playlistItems.insert"]
)
def test_a_spent_quota_puts_it_off_and_the_video_stands(house: PublishingHouse, kind: Kind):
    mix = house.mix()
    house.youtube.script.faults = [spent(kind)]
    job = house.publish(mix, playlist_title="Mixes")
    assert job.status == "queued"
    assert job.resumes_at is not None
    assert timedelta() < job.resumes_at - datetime.now(UTC) <= timedelta(hours=25)
    [told] = house.show(mix).publications
    [video] = house.youtube.channel.videos
    assert told.video_id == video
    assert told.url
    assert told.channel_title
    expect_dressed(house, the_moment_comes(house, job.id))
    assert len(house.youtube.channel.sessions) == 1


def test_a_database_that_is_busy_puts_it_off_for_a_minute(
    house: PublishingHouse, monkeypatch: pytest.MonkeyPatch
):
    """Somebody holds it from the moment on that the playlist is made."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.2)
    path = house.rows.url.removeprefix("sqlite:///")
    somebody = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    let_go = Timer(1.0, somebody.rollback)  # the queue itself waits for five seconds

    def hold(kind: str) -> None:
        if kind == "playlists.insert":
            somebody.execute("begin immediate")
            let_go.start()

    house.youtube.on_done = hold
    job = house.publish(house.mix(), playlist_title="Mixes")
    let_go.join()
    somebody.close()
    assert job.status == "queued"
    assert job.resumes_at is not None
    assert timedelta() < job.resumes_at - datetime.now(UTC) <= timedelta(minutes=1)
    expect_dressed(house, the_moment_comes(house, job.id))


def test_another_channel_gets_neither_thumbnail_nor_playlist(house: PublishingHouse):
    """The video is where it was begun, and what is told of it, too."""
    house.youtube.script.faults = [spent("thumbnails.set")]
    job = house.publish(house.mix(), playlist_title="Mixes")
    began_on = house.youtube.channel.id
    house.youtube.channel.id, house.youtube.channel.title = "UCother", "Another"
    house.connect()
    job = the_moment_comes(house, job.id)
    assert job.status == "succeeded"
    assert len([note for note in job.notes if "“Another”" in note]) == 2
    assert not [note for note in job.notes if "retry" in note]
    assert house.youtube.channel.playlists == {}
    record = house.record(job.id)
    assert (record["channel_id"], record["thumbnail_set"]) == (began_on, False)


def test_an_upload_begun_on_one_channel_waits_for_it(house: PublishingHouse):
    """And goes on by a retry, once it is connected again."""
    channel = house.youtube.channel
    house.youtube.script.faults = [Fault("chunk", 3, "status", status=403, reason="forbidden")]
    job = house.publish(house.mix())
    house.youtube.script.replace([])
    one, channel.id = channel.id, "UCother"
    house.connect()
    house.jobs.retry("ann", job.id)
    job = house.run(job.id)
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("other_channel", True)
    assert channel.videos == {}
    channel.id = one
    house.connect()
    house.jobs.retry("ann", job.id)
    assert house.run(job.id).status == "succeeded"
    assert (len(channel.videos), len(channel.sessions)) == (1, 1)
