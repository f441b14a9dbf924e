"""A mix is published only once; failures after the upload become notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from backend.app.contract.job_list import JobQuery
from backend.app.contract.jobs import PublishRequest, RetryOptions
from backend.app.errors import (
    AlreadyPublished,
    CannotPublish,
    ConfirmationNeeded,
    Conflict,
    PublicationPending,
)

from ..publishing_house import N_CHUNKS, PublishingHouse
from ..stand_ins.youtube_faults import Fault

LOOKED = RetryOptions(not_on_youtube=True)
GONE = Fault("chunk", N_CHUNKS, "drop", forget=True)
NO_MORE = Fault("chunk", 3, "status", status=403, reason="quotaExceeded")


def test_second_publication_of_a_mix_is_rejected(house: PublishingHouse):
    mix = house.mix()
    job = house.ask(mix)
    assert house.ask(mix).id == job.id
    for other in ({"title": "Another"}, {"again": True}):
        with pytest.raises(PublicationPending, match=job.id):
            house.ask(mix, **other)
    house.run(job.id)
    with pytest.raises(AlreadyPublished):
        house.ask(mix)
    assert house.publish(mix, again=True).status == "succeeded"
    assert len(house.youtube.channel.videos) == 2


def test_two_queued_publications_make_one_video(house: PublishingHouse):
    mix = house.mix()
    first = house.ask(mix)
    house.jobs.cancel("ann", first.id)
    second = house.ask(mix)
    house.jobs.retry("ann", first.id)
    ran = [house.run(job.id) for job in (second, first)]
    assert [job.status for job in ran] == ["succeeded", "failed"]
    assert ran[1].error is not None
    assert ran[1].error.code == "already_published"
    house.only_video()
    assert house.youtube.script.counts["open"] == 1, "the second job used up an upload"
    assert [step.name for step in ran[1].steps if step.state == "failed"] == ["checking"]


def test_publication_outlives_its_deleted_job(house: PublishingHouse):
    mix = house.mix()
    job = house.publish(mix)
    house.jobs.delete("ann", job.id)
    publication = house.publication(mix)
    assert (publication.state, publication.video_id) == ("published", house.only_video().id)
    with pytest.raises(AlreadyPublished):
        house.ask(mix)


def test_failed_publication_can_be_repeated(house: PublishingHouse):
    mix = house.mix()
    house.youtube.script.faults = [Fault("open", 1, "status", status=403, reason="forbidden")]
    assert house.publish(mix).status == "failed"
    assert house.publication(mix).state == "failed"
    house.youtube.script.faults = []
    assert house.publish(mix).status == "succeeded"
    assert [one.state for one in house.show(mix).publications] == ["failed", "published"]
    house.only_video()


def test_retry_after_an_uncertain_upload_finds_the_video(house: PublishingHouse):
    mix = house.mix()
    house.youtube.script.faults = [GONE]
    job = house.publish(mix)
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("upload_uncertain", True)
    with pytest.raises(AlreadyPublished):
        house.ask(mix)
    with pytest.raises(ConfirmationNeeded):
        house.jobs.retry("ann", job.id)
    assert house.show(job.id).status == "failed"
    house.jobs.retry("ann", job.id, LOOKED)
    assert house.run(job.id).status == "succeeded"
    house.only_video()


def test_upload_answered_with_a_strangers_video_says_where_to_look(house: PublishingHouse):
    house.youtube.script.faults = [Fault("chunk", 1, "video", 99), Fault("query", 1, "video", 99)]
    job = house.publish(house.mix())
    assert job.error is not None
    assert job.error.code == "upload_uncertain"
    assert "YouTube Studio" in job.error.hint


def test_mix_waiting_for_publication_is_not_deleted(house: PublishingHouse):
    mix = house.mix()
    house.ask(mix)
    with pytest.raises(Conflict):
        house.jobs.delete("ann", mix)


# --- pauses


def test_spent_quota_pauses_the_job_until_a_stated_time(house: PublishingHouse):
    mix = house.mix()
    house.youtube.script.faults = [NO_MORE]
    job = house.publish(mix)
    assert job.status == "queued"
    assert job.resumes_at is not None
    assert timedelta() < job.resumes_at - datetime.now(UTC) <= timedelta(hours=25)
    assert job.detail
    assert house.publication(mix).state == "waiting"
    # YouTube has counted uploads of other programs, too
    assert house.connections.status("ann").uploads_left_today == 0
    house.jobs.start_now("ann", job.id)  # instead of waiting for midnight
    assert house.run(job.id).status == "succeeded"
    assert house.connections.status("ann").uploads_left_today > 0
    house.only_video()
    assert len(house.youtube.channel.sessions) == 1


def test_no_uploads_left_waits_and_asks_youtube_nothing(house: PublishingHouse):
    house.connections._uploads_per_day = 1
    house.publish(house.mix())
    house.settings = house.settings.model_copy(update={"youtube_uploads_per_day": 1})
    asked = house.youtube.script.counts.total()
    job = house.publish(house.mix())
    assert (job.status, job.error) == ("queued", None)
    assert job.resumes_at == house.connections.status("ann").uploads_reset_at
    assert job.detail == "This server has used up its uploads for today (1)."
    assert house.youtube.script.counts.total() == asked
    # Another limit by the operator, and a press on "Try now", twice
    house.settings = house.settings.model_copy(update={"youtube_uploads_per_day": 2})
    for _ in range(2):
        waiting = house.jobs.start_now("ann", job.id)
        assert (waiting.status, waiting.resumes_at, waiting.detail) == ("queued", None, None)
    assert house.run(job.id).status == "succeeded"
    assert len(house.youtube.channel.videos) == 2


def test_upload_counts_against_the_daily_limit(house: PublishingHouse):
    before = house.connections.status("ann").uploads_left_today
    house.publish(house.mix())
    assert house.connections.status("ann").uploads_left_today == before - 1


# --- thumbnail and playlist


def test_refused_thumbnail_is_a_note(house: PublishingHouse):
    house.youtube.channel.may_set_thumbnails = False
    job = house.publish(house.mix())
    assert job.status == "succeeded"
    [note] = job.notes
    assert "Verify your phone number at youtube.com/verify" in note
    assert house.record(job.id)["thumbnail_set"] is False
    assert house.record(job.id)["notes"] == job.notes


@pytest.mark.parametrize("at", [2, N_CHUNKS])
def test_strangers_video_is_not_published_and_gets_nothing(house: PublishingHouse, at: int):
    """YouTube's answer names another channel's video, in the middle or after the last byte."""
    channel = house.youtube.channel
    stranger = channel.holds(tags=["holidays"], is_foreign=True)
    house.youtube.script.faults = [Fault("chunk", at, "video", reason=stranger)]
    job = house.publish(house.mix(), playlist_title="Mixes")
    assert job.status == "succeeded"
    assert channel.videos.pop(stranger).thumbnail is None
    video = house.only_video()
    assert house.publication(job.id).video_id == video.id
    assert video.thumbnail is not None
    assert list(channel.items.values()) == [[video.id]]


def test_thumbnail_can_be_switched_off(house: PublishingHouse):
    house.publish(house.mix(), thumbnail=False)
    assert house.only_video().thumbnail is None


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
def test_playlist_is_made_once_and_has_the_video_once(house: PublishingHouse, faults):
    house.youtube.script.faults = list(faults)
    job = house.publish(house.mix(), playlist_title="Mixes")
    assert job.notes == []
    channel = house.youtube.channel
    assert list(channel.playlists.values()) == ["Mixes"]
    [name] = channel.playlists
    assert channel.items[name] == [house.only_video().id]
    assert house.record(job.id)["playlist_id"] == name


@pytest.mark.parametrize("fault", [None, Fault("playlists.insert", 1, "drop", store=1.0)])
def test_new_playlist_of_a_scheduled_video_is_private(house: PublishingHouse, fault: Fault | None):
    house.youtube.script.faults = [fault] if fault else []
    in_a_day = datetime.now(UTC) + timedelta(days=1)
    job = house.publish(house.mix(), playlist_title="Mixes", publish_at=in_a_day)
    channel = house.youtube.channel
    assert channel.private_playlists == set(channel.playlists)
    [note] = job.notes
    assert note.startswith("The playlist “Mixes” is private")
    # A second video finds the list, now public, and leaves it so
    channel.private_playlists.clear()
    assert house.publish(house.mix(), playlist_title="Mixes", publish_at=in_a_day).notes == []
    assert channel.private_playlists == set()


@pytest.mark.parametrize(("privacy", "is_private"), [("public", False), ("private", True)])
def test_new_playlist_is_as_visible_as_its_video(
    house: PublishingHouse, privacy: str, is_private: bool
):
    job = house.publish(house.mix(), playlist_title="Mixes", privacy=privacy)
    assert bool(house.youtube.channel.private_playlists) is is_private
    assert job.notes == []


def test_existing_playlist_is_found_on_any_page(house: PublishingHouse):
    channel = house.youtube.channel
    for n in range(120):
        channel.playlists[f"PL{n}"], channel.items[f"PL{n}"] = f"Number {n}", []
    house.publish(house.mix(), playlist_title="Number 110")
    assert channel.items["PL110"] == [house.only_video().id]
    assert len(channel.playlists) == 120


def test_playlist_must_belong_to_the_channel(house: PublishingHouse):
    channel = house.youtube.channel
    channel.playlists |= {"PLmine": "Mine", "PLother": "Theirs"}
    channel.items |= {"PLmine": [], "PLother": []}
    channel.foreign_playlists.add("PLother")
    for unknown in ("PLother", "PLgone"):
        with pytest.raises(CannotPublish, match="no such playlist"):
            house.ask(house.mix(), playlist_id=unknown)
    job = house.publish(house.mix(), playlist_id="PLmine")
    assert job.notes == []
    assert channel.items == {"PLmine": [house.only_video().id], "PLother": []}


def test_playlist_that_youtube_does_not_show_just_now_is_checked_by_the_job(house: PublishingHouse):
    house.youtube.script.faults = [Fault("playlists.list", 1, "drop")]
    job = house.publish(house.mix(), playlist_id="PLgone")
    assert job.error is not None
    assert (job.status, job.error.code) == ("failed", "playlist_unknown")
    assert house.youtube.script.counts["open"] == 0


def test_deleted_playlist_is_a_note(house: PublishingHouse):
    channel = house.youtube.channel
    channel.playlists["PLgone"], channel.items["PLgone"] = "Gone", []
    house.youtube.on_request = lambda kind: channel.items.pop("PLgone", None)
    job = house.publish(house.mix(), playlist_id="PLgone")
    assert job.status == "succeeded"
    assert [note for note in job.notes if "playlist" in note]
    assert house.record(job.id)["playlist_id"] is None


def test_upload_only_permission_gives_video_and_notes(house: PublishingHouse):
    lists = [
        Fault(kind, 1, "status", 99, status=403, reason="insufficientPermissions")  # type: ignore[arg-type]
        for kind in ("playlists.list", "playlistItems.list", "thumbnails.set")
    ]
    house.youtube.script.faults = lists
    job = house.publish(house.mix(), playlist_title="Mixes")
    assert job.status == "succeeded"
    assert len(job.notes) == 2
    house.only_video()


def test_listing_jobs_needs_a_constant_number_of_queries(house: PublishingHouse):
    engine = house.rows.database._readers
    queries: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: queries.append(a[2]))
    house.publish(house.mix())
    queries.clear()
    house.jobs.list("ann", JobQuery())
    few = len(queries)
    for _ in range(5):
        house.publish(house.mix())
    queries.clear()
    listed = house.jobs.list("ann", JobQuery()).jobs
    assert len(listed) == 12
    assert all(job.publications for job in listed)
    assert len(queries) == few


def test_preflight_reports_a_published_mix_unless_again_is_set(house: PublishingHouse):
    mix = house.mix()

    def errors(*, again: bool = False) -> list[str]:
        request = PublishRequest(job_id=mix, again=again)
        view = house.preflight.check("ann", request)
        assert view.may_go is not any(fault.code == "already_published" for fault in view.faults)
        return [fault.code for fault in view.faults if not fault.is_warning]

    assert errors() == []
    house.publish(mix)
    assert errors() == ["already_published"]
    assert errors(again=True) == []
