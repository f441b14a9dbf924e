"""Setting thumbnail and playlist: temporary refusals pause the job, others become notes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from backend.app.contract.jobs import JobView
from backend.app.store import engine

from ..publishing_house import PublishingHouse
from ..stand_ins.youtube_faults import Fault, Kind


def spent(kind: Kind) -> Fault:
    return Fault(kind, 1, "status", 99, status=403, reason="quotaExceeded")


def resume(house: PublishingHouse, job_id: str) -> JobView:
    """Run the paused job again, without cancel or retry."""
    with closing(sqlite3.connect(house.rows.url.removeprefix("sqlite:///"))) as rows, rows:
        rows.execute("update jobs set not_before_s = 0 where id = ?", (job_id,))
    house.youtube.script.faults = []
    return house.run(job_id)


def assert_complete(house: PublishingHouse, job: JobView) -> None:
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
def test_spent_quota_pauses_the_job_after_the_upload(house: PublishingHouse, kind: Kind):
    mix = house.mix()
    house.youtube.script.faults = [spent(kind)]
    job = house.publish(mix, playlist_title="Mixes")
    assert job.status == "queued"
    assert job.resumes_at is not None
    assert timedelta() < job.resumes_at - datetime.now(UTC) <= timedelta(hours=25)
    [publication] = house.show(mix).publications
    [video] = house.youtube.channel.videos
    assert publication.video_id == video
    assert publication.url
    assert publication.channel_title
    assert_complete(house, resume(house, job.id))
    assert len(house.youtube.channel.sessions) == 1


def test_busy_database_pauses_the_job_for_a_minute(
    house: PublishingHouse, monkeypatch: pytest.MonkeyPatch
):
    """The database is locked once the playlist is made."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.2)
    path = house.rows.url.removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def hold(kind: str) -> None:
        if kind == "playlists.insert":
            other.execute("begin immediate")

    house.youtube.on_done = hold
    house.before_the_end = other.rollback
    job = house.publish(house.mix(), playlist_title="Mixes")
    house.before_the_end = lambda: None
    other.close()
    assert job.status == "queued"
    assert job.resumes_at is not None
    assert timedelta() < job.resumes_at - datetime.now(UTC) <= timedelta(minutes=1)
    assert_complete(house, resume(house, job.id))


def test_other_channel_gets_no_thumbnail_or_playlist(house: PublishingHouse):
    house.youtube.script.faults = [spent("thumbnails.set")]
    job = house.publish(house.mix(), playlist_title="Mixes")
    began_on = house.youtube.channel.id
    house.youtube.channel.id, house.youtube.channel.title = "UCother", "Another"
    house.connect()
    job = resume(house, job.id)
    assert job.status == "succeeded"
    failed = ["The thumbnail", "The video is in no playlist", "Segue did not see"]
    assert [note for note in job.notes if "“Another”" in note] == job.notes
    assert all(note.startswith(what) for note, what in zip(job.notes, failed, strict=True))
    assert not [note for note in job.notes if "retry" in note]
    assert house.youtube.channel.playlists == {}
    record = house.record(job.id)
    assert (record["channel_id"], record["thumbnail_set"]) == (began_on, False)


def test_upload_resumes_once_its_channel_is_connected_again(house: PublishingHouse):
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
