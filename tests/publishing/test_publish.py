"""A mix becomes a video: what is sent, what stands on YouTube then, what the jobs tell of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.app.contract.jobs import PublishRequest
from backend.app.contract.publishing import PublicationView, WordsView
from backend.app.errors import (
    CannotPublish,
    InvalidRequest,
    NotConnected,
    NotFound,
)

from .publishing_house import FILM, JPEG, N_CHUNKS, WORDS, PublishingHouse
from .youtube_faults import Fault
from .youtube_model import CHANNEL_TITLE, Video

SOON = datetime.now(UTC) + timedelta(days=2)
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


def test_a_finished_mix_is_online_with_all_that_was_asked_for(house: PublishingHouse):
    mix = house.mix()
    job = house.publish(mix, privacy="unlisted", language="de", made_for_kids=True)
    assert job.status == "succeeded", job.error
    assert [step.name for step in job.steps] == ["checking", "uploading", "dressing", "noting"]
    video = only_video(house)
    snippet, status = video.resource["snippet"], video.resource["status"]
    *tags, marker = snippet.pop("tags")
    assert tags == ["techno"]
    assert marker.startswith("segue-")
    assert snippet == {
        "title": "A fine mix",
        "description": WORDS,
        "categoryId": "10",
        "defaultLanguage": "de",
        "defaultAudioLanguage": "de",
    }
    assert status == {
        "privacyStatus": "unlisted",
        "selfDeclaredMadeForKids": True,
        "containsSyntheticMedia": False,
        "embeddable": True,
    }
    assert video.thumbnail == hashlib.sha256(JPEG).hexdigest()


def test_what_stands_there_is_told_in_a_file_and_on_both_jobs(house: PublishingHouse):
    mix = house.mix()
    job = house.publish(mix)
    video = only_video(house)
    record = house.record(job.id)
    assert record["video_id"] == video.id
    assert record["url"] == f"https://www.youtube.com/watch?v={video.id}"
    assert record["channel_title"] == CHANNEL_TITLE
    assert (record["sha256"], record["size_bytes"]) == (video.sha256, len(FILM))
    assert record["thumbnail_set"] is True
    assert record["notes"] == []
    told = publication(house, mix)
    assert told == publication(house, job.id)
    assert (told.state, told.video_id, told.url) == ("published", video.id, record["url"])
    assert told.channel_title == CHANNEL_TITLE
    assert told.published_at is not None


def test_subscribers_are_told_unless_they_shall_not(house: PublishingHouse):
    house.publish(house.mix(), notify_subscribers=False)
    assert only_video(house).resource["notify"] is False


def test_words_of_ones_own_take_the_place_of_the_mixs(house: PublishingHouse):
    house.publish(house.mix(), description="Mine.", title="")
    snippet = only_video(house).resource["snippet"]
    assert snippet["description"] == "Mine."
    assert snippet["title"] == "The mix"


@pytest.mark.parametrize("kind", ["mashup", "restyle"])
def test_what_nobody_has_played_is_declared_so(house: PublishingHouse, kind: str):
    files = {"mix.mp4": FILM, "tracklist.txt": b"A <b> - C\n0:00 Intro\n"}
    house.publish(house.mix(kind, files=files))
    resource = only_video(house).resource
    assert resource["status"]["containsSyntheticMedia"] is True
    assert resource["snippet"]["description"] == "A ‹b› - C\n0:00 Intro\n"


def test_a_declaration_of_ones_own_is_kept(house: PublishingHouse):
    house.publish(house.mix("mashup"), synthetic_media=False)
    assert only_video(house).resource["status"]["containsSyntheticMedia"] is False


def test_a_time_to_publish_at_is_told_in_utc(house: PublishingHouse):
    moment = SOON.replace(microsecond=0)
    job = house.publish(house.mix(), publish_at=moment)
    status = only_video(house).resource["status"]
    assert status["publishAt"] == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert publication(house, job.id).publish_at == moment


def test_a_time_that_passes_while_the_job_waits_is_noticed(house: PublishingHouse):
    mix = house.mix(is_done=False)
    moment = datetime.now(UTC) + timedelta(seconds=0.3)
    job_id = house.ask(mix, publish_at=moment).id
    house.finish(mix)
    while datetime.now(UTC) < moment:
        pass
    job = house.run(job_id)
    assert job.error is not None
    assert job.error.code == "publish_at_passed"
    assert house.youtube.channel.videos == {}


@pytest.mark.parametrize(
    ("asked", "sent"), [(None, ["ambient", "Ada"]), ([], []), (["mine"], ["mine"])]
)
def test_tags_are_those_of_the_mix_unless_others_are_asked_for(
    house: PublishingHouse, asked: list[str] | None, sent: list[str]
):
    words = WordsView(
        title="", description="", tags=["ambient", "Ada"], hashtags=[], written_by="template"
    )
    made = {"mix.mp4": FILM, "words.json": words.model_dump_json().encode()}
    house.publish(house.mix(files=made), tags=asked)
    *tags, marker = only_video(house).resource["snippet"]["tags"]
    assert tags == sent
    assert marker.startswith("segue-")


def test_the_description_is_checked_once_it_is_there(house: PublishingHouse):
    mix = house.mix(is_done=False)
    job_id = house.ask(mix).id
    house.finish(mix, {"mix.mp4": FILM, "description.txt": b"x" * 6000})
    job = house.run(job_id)
    assert job.error is not None
    assert job.error.code == "description_too_long"
    assert house.youtube.script.counts["open"] == 0


# --- who may, and what


def test_a_mix_in_the_making_can_be_published_and_waits(house: PublishingHouse):
    mix = house.mix(is_done=False)
    job = house.ask(mix)
    assert (job.status, job.waits_for) == ("queued", mix)
    assert publication(house, mix).state == "waiting"
    house.finish(mix)
    assert house.run(job.id).status == "succeeded"
    only_video(house)


@pytest.mark.parametrize("kind", ["stems", "preview", "publish", "analysis"])
def test_only_what_makes_a_mix_can_be_published(house: PublishingHouse, kind: str):
    with pytest.raises(InvalidRequest):
        house.ask(house.mix(kind))


def test_a_mix_that_came_to_nothing_cannot_be_published(house: PublishingHouse):
    mix = house.mix(is_done=False)
    house.jobs.cancel("ann", mix)
    with pytest.raises(InvalidRequest):
        house.ask(mix)


def test_a_strangers_mix_is_none(house: PublishingHouse):
    mix = house.mix()
    house.rows.user("bob")
    house.connect("bob")
    with pytest.raises(NotFound):
        house.jobs.submit("bob", PublishRequest(job_id=mix))


def test_without_a_connection_nothing_is_queued(house: PublishingHouse):
    mix = house.mix()
    house.connections.disconnect("ann")
    with pytest.raises(NotConnected):
        house.ask(mix)
    assert [job.id for job in house.jobs.list("ann")] == [mix]


def test_what_youtube_would_refuse_is_refused_at_once(house: PublishingHouse):
    with pytest.raises(CannotPublish) as caught:
        house.ask(house.mix(), title="x" * 101)
    assert caught.value.code == "title_too_long"


def test_a_connection_that_ends_while_the_job_waits_says_reconnect(house: PublishingHouse):
    job = house.ask(house.mix())
    house.grant.is_revoked = True
    ran = house.run(job.id)
    assert ran.error is not None
    assert ran.error.code == "youtube_reconnect"
    house.connect()
    house.jobs.retry("ann", job.id)
    assert house.run(job.id).status == "succeeded"
    only_video(house)


def test_a_token_that_ends_in_mid_upload_is_renewed(house: PublishingHouse):
    def expire() -> None:
        house.grant.access_tokens.clear()

    house.youtube.on_request = lambda kind: (
        expire() if house.youtube.script.counts["chunk"] == 2 and kind == "chunk" else None
    )
    assert house.publish(house.mix()).status == "succeeded"
    only_video(house)
    assert len(house.google.refreshes) >= 1


def test_a_consent_that_is_taken_back_in_mid_upload_keeps_what_was_sent(house: PublishingHouse):
    def revoke(kind: str) -> None:
        if kind == "chunk" and house.youtube.script.counts["chunk"] == 2:
            house.grant.is_revoked = True

    house.youtube.on_request = revoke
    job = house.publish(house.mix())
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("youtube_reconnect", True)
    house.connect()
    house.jobs.retry("ann", job.id)
    assert house.run(job.id).status == "succeeded"
    only_video(house)
    assert len(house.youtube.channel.sessions) == 1
