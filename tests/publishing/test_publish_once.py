"""A mix is published once, whatever comes between; what fails once it is online is a note."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from backend.app.contract.jobs import PublishRequest
from backend.app.contract.publishing import PublicationView
from backend.app.errors import AlreadyPublished, Conflict

from .publishing_house import FILM, N_CHUNKS, PublishingHouse
from .youtube_faults import Fault
from .youtube_model import Video

GONE = Fault("chunk", N_CHUNKS, "drop", forget=True)
NO_MORE = Fault("chunk", 3, "status", status=403, reason="quotaExceeded")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[PublishingHouse]:
    with PublishingHouse(tmp_path) as house:
        yield house


def only_video(house: PublishingHouse) -> Video:
    [video] = house.youtube.channel.videos.values()
    assert house.youtube.channel.duplicates() == []
    assert video.sha256 == hashlib.sha256(FILM).hexdigest()
    return video


def publication(house: PublishingHouse, job_id: str) -> PublicationView:
    [told] = house.show(job_id).publications
    return told


def test_a_second_publication_of_a_mix_is_refused_while_there_is_one(house: PublishingHouse):
    mix = house.mix()
    job = house.ask(mix)
    with pytest.raises(AlreadyPublished):
        house.ask(mix)
    house.run(job.id)
    with pytest.raises(AlreadyPublished):
        house.ask(mix)
    assert house.publish(mix, again=True).status == "succeeded"
    assert len(house.youtube.channel.videos) == 2


def test_two_jobs_that_slipped_in_together_make_one_video(house: PublishingHouse):
    mix = house.mix()
    first = house.ask(mix)
    house.jobs.cancel("ann", first.id)
    second = house.ask(mix)
    house.jobs.retry("ann", first.id)
    ran = [house.run(job.id) for job in (second, first)]
    assert [job.status for job in ran] == ["succeeded", "failed"]
    assert ran[1].error is not None
    assert ran[1].error.code == "already_published"
    only_video(house)
    assert house.youtube.script.counts["open"] == 1, "none of the day's uploads is spent on it"
    assert [step.name for step in ran[1].steps if step.state == "failed"] == ["checking"]


def test_a_deleted_publish_job_leaves_word_of_the_video(house: PublishingHouse):
    mix = house.mix()
    job = house.publish(mix)
    house.jobs.delete("ann", job.id)
    told = publication(house, mix)
    assert (told.state, told.video_id) == ("published", only_video(house).id)
    with pytest.raises(AlreadyPublished):
        house.ask(mix)


def test_a_failed_publication_can_be_asked_for_anew(house: PublishingHouse):
    mix = house.mix()
    house.youtube.script.faults = [Fault("open", 1, "status", status=403, reason="forbidden")]
    assert house.publish(mix).status == "failed"
    assert publication(house, mix).state == "failed"
    house.youtube.script.faults = []
    assert house.publish(mix).status == "succeeded"
    assert [told.state for told in house.show(mix).publications] == ["failed", "published"]
    only_video(house)


def test_doubt_is_told_and_a_retry_looks_again(house: PublishingHouse):
    mix = house.mix()
    house.youtube.script.faults = [GONE]
    job = house.publish(mix)
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("upload_uncertain", True)
    with pytest.raises(AlreadyPublished):
        house.ask(mix)
    house.jobs.retry("ann", job.id)
    assert house.run(job.id).status == "succeeded"
    only_video(house)


def test_a_mix_that_is_about_to_be_published_is_not_deleted(house: PublishingHouse):
    mix = house.mix()
    house.ask(mix)
    with pytest.raises(Conflict):
        house.jobs.delete("ann", mix)


# --- pauses


def test_a_spent_quota_pauses_the_job_and_says_until_when(house: PublishingHouse):
    mix = house.mix()
    house.youtube.script.faults = [NO_MORE]
    job = house.publish(mix)
    assert job.status == "queued"
    assert job.resumes_at is not None
    assert timedelta() < job.resumes_at - datetime.now(UTC) <= timedelta(hours=25)
    assert job.detail
    assert publication(house, mix).state == "waiting"
    # The midnight that this waits for comes at once where somebody cancels and retries.
    house.jobs.cancel("ann", job.id)
    house.jobs.retry("ann", job.id)
    assert house.run(job.id).status == "succeeded"
    only_video(house)
    assert len(house.youtube.channel.sessions) == 1


def test_every_upload_that_is_begun_counts_against_the_days_uploads(house: PublishingHouse):
    before = house.connections.status("ann").uploads_left_today
    house.publish(house.mix())
    assert house.connections.status("ann").uploads_left_today == before - 1


# --- thumbnail and playlist


def test_a_refused_thumbnail_is_a_note_and_no_failure(house: PublishingHouse):
    house.youtube.channel.may_set_thumbnails = False
    job = house.publish(house.mix())
    assert job.status == "succeeded"
    assert [note for note in job.notes if "thumbnail" in note]
    assert house.record(job.id)["thumbnail_set"] is False
    assert house.record(job.id)["notes"] == job.notes


def test_no_thumbnail_is_set_where_none_is_wanted(house: PublishingHouse):
    house.publish(house.mix(), thumbnail=False)
    assert only_video(house).thumbnail is None


@pytest.mark.parametrize(
    "faults",
    [
        (),
        (Fault("playlists.insert", 1, "drop", store=1.0),),
        (Fault("playlists.insert", 1, "drop"),),
        (Fault("playlistItems.insert", 1, "drop", store=1.0),),
        (Fault("playlistItems.insert", 1, "status"),),
        (Fault("playlists.list", 1, "status"), Fault("playlistItems.list", 1, "drop")),
    ],
    ids=lambda faults: " and ".join(f"{fault.kind} {fault.answer}" for fault in faults) or "none",
)
def test_a_playlist_is_made_once_and_has_the_video_once(house: PublishingHouse, faults):
    house.youtube.script.faults = list(faults)
    job = house.publish(house.mix(), playlist_title="Mixes")
    assert job.notes == []
    channel = house.youtube.channel
    assert list(channel.playlists.values()) == ["Mixes"]
    [name] = channel.playlists
    assert channel.items[name] == [only_video(house).id]
    assert house.record(job.id)["playlist_id"] == name


def test_a_playlist_of_that_title_is_used_wherever_it_stands_in_the_list(house: PublishingHouse):
    channel = house.youtube.channel
    for n in range(120):
        channel.playlists[f"PL{n}"], channel.items[f"PL{n}"] = f"Number {n}", []
    house.publish(house.mix(), playlist_title="Number 110")
    assert channel.items["PL110"] == [only_video(house).id]
    assert len(channel.playlists) == 120


def test_a_playlist_that_is_gone_is_a_note(house: PublishingHouse):
    job = house.publish(house.mix(), playlist_id="PLgone")
    assert job.status == "succeeded"
    assert [note for note in job.notes if "playlist" in note]
    assert house.record(job.id)["playlist_id"] is None


def test_who_may_only_upload_gets_a_video_and_notes(house: PublishingHouse):
    lists = [
        Fault(kind, 1, "status", 99, status=403, reason="insufficientPermissions")  # type: ignore[arg-type]
        for kind in ("playlists.list", "playlistItems.list", "thumbnails.set")
    ]
    house.youtube.script.faults = lists
    job = house.publish(house.mix(), playlist_title="Mixes")
    assert job.status == "succeeded"
    assert len(job.notes) == 2
    only_video(house)


def test_a_list_of_jobs_asks_the_database_the_same_number_of_questions(house: PublishingHouse):
    engine = house.rows.database._readers
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    house.publish(house.mix())
    asked.clear()
    house.jobs.list("ann")
    few = len(asked)
    for _ in range(5):
        house.publish(house.mix())
    asked.clear()
    listed = house.jobs.list("ann")
    assert len(listed) == 12
    assert all(job.publications for job in listed)
    assert len(asked) == few


def test_preflight_says_so_of_what_is_online_unless_it_is_asked_for_again(house: PublishingHouse):
    mix = house.mix()

    def told(*, again: bool = False) -> list[str]:
        request = PublishRequest(job_id=mix, again=again)
        view = house.preflight.check("ann", request)
        assert view.may_go is not any(fault.code == "already_published" for fault in view.faults)
        return [fault.code for fault in view.faults if not fault.is_warning]

    assert told() == []
    house.publish(mix)
    assert told() == ["already_published"]
    assert told(again=True) == []
