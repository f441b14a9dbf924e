"""Publishing a mix: the request to YouTube, the video, and the jobs' states."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from backend.app.contract.job_list import JobQuery
from backend.app.contract.jobs import PublishRequest
from backend.app.contract.publishing import WordsView
from backend.app.errors import (
    CannotPublish,
    InvalidRequest,
    NotConnected,
    NotFound,
)
from tests.patience import wait_until

from ..publishing_house import DESCRIPTION, FILM, JPEG, N_CHUNKS, PublishingHouse
from ..stand_ins.youtube_faults import Fault
from ..stand_ins.youtube_model import CHANNEL_TITLE

SOON = datetime.now(UTC) + timedelta(days=2)
GONE = Fault("chunk", N_CHUNKS, "drop", forget=True)
NO_MORE = Fault("chunk", 3, "status", status=403, reason="quotaExceeded")


def test_finished_mix_is_published_with_the_requested_options(house: PublishingHouse):
    mix = house.mix()
    job = house.publish(mix, privacy="unlisted", language="de", made_for_kids=True)
    assert job.status == "succeeded", job.error
    steps = ["checking", "uploading", "dressing", "processing", "noting"]
    assert [step.name for step in job.steps] == steps
    video = house.only_video()
    snippet, status = video.resource["snippet"], video.resource["status"]
    *tags, marker = snippet.pop("tags")
    assert tags == ["techno"]
    assert marker.startswith("segue-")
    assert snippet == {
        "title": "A fine mix",
        "description": DESCRIPTION,
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


def test_record_and_both_jobs_show_the_publication(house: PublishingHouse):
    mix = house.mix()
    job = house.publish(mix)
    video = house.only_video()
    record = house.record(job.id)
    assert record["video_id"] == video.id
    assert record["url"] == f"https://www.youtube.com/watch?v={video.id}"
    assert record["channel_title"] == CHANNEL_TITLE
    assert (record["sha256"], record["size_bytes"]) == (video.sha256, len(FILM))
    assert record["thumbnail_set"] is True
    assert record["notes"] == []
    publication = house.publication(mix)
    assert publication == house.publication(job.id)
    assert publication.state == "published"
    assert (publication.video_id, publication.url) == (video.id, record["url"])
    assert publication.channel_title == CHANNEL_TITLE
    assert publication.published_at is not None


def test_subscribers_are_not_notified_if_switched_off(house: PublishingHouse):
    house.publish(house.mix(), notify_subscribers=False)
    assert house.only_video().resource["notify"] is False


def test_requested_description_replaces_the_mixs(house: PublishingHouse):
    house.publish(house.mix(), description="Mine.", title="")
    snippet = house.only_video().resource["snippet"]
    assert snippet["description"] == "Mine."
    assert snippet["title"] == "The mix"


@pytest.mark.parametrize("kind", ["mashup", "restyle"])
def test_synthetic_kinds_are_declared_as_such(house: PublishingHouse, kind: str):
    files = {"mix.mp4": FILM, "tracklist.txt": b"A <b> - C\n0:00 Intro\n"}
    house.publish(house.mix(kind, files=files))
    resource = house.only_video().resource
    assert resource["status"]["containsSyntheticMedia"] is True
    assert resource["snippet"]["description"] == "A ‹b› - C\n0:00 Intro\n"


def test_requested_synthetic_declaration_is_kept(house: PublishingHouse):
    house.publish(house.mix("mashup"), synthetic_media=False)
    assert house.only_video().resource["status"]["containsSyntheticMedia"] is False


@pytest.mark.parametrize("is_answer_lost", [False, True])
def test_privacy_is_the_one_that_youtube_gave_the_video(
    house: PublishingHouse, is_answer_lost: bool
):
    house.youtube.channel.privacy_for_all = "private"
    # it is then found by its marker
    lost = Fault("chunk", N_CHUNKS, "drop", store=1.0, forget=True)
    house.youtube.script.faults = [lost] if is_answer_lost else []
    job = house.publish(house.mix(), privacy="public")
    assert house.publication(job.id).privacy == "private"
    note = "YouTube made the video private, not public. Change it in YouTube Studio."
    assert house.record(job.id)["privacy"] == "private"
    assert house.record(job.id)["notes"] == job.notes == [note]


def test_note_says_that_the_time_to_go_public_was_not_kept(house: PublishingHouse):
    house.youtube.channel.privacy_for_all = "private"
    job = house.publish(house.mix(), publish_at=SOON)
    assert house.publication(job.id).publish_at is None
    assert job.notes == ["YouTube did not keep the time to go public. Set it in YouTube Studio."]


def test_publish_time_is_sent_in_utc(house: PublishingHouse):
    moment = SOON.replace(microsecond=0)
    job = house.publish(house.mix(), publish_at=moment)
    status = house.only_video().resource["status"]
    assert status["publishAt"] == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert house.publication(job.id).publish_at == moment


def test_publish_time_that_passes_while_waiting_fails_the_job(house: PublishingHouse):
    mix = house.mix(is_done=False)
    moment = datetime.now(UTC) + timedelta(seconds=3)  # a loaded machine takes one to ask
    job_id = house.ask(mix, publish_at=moment).id
    house.finish(mix)
    wait_until(lambda: datetime.now(UTC) >= moment)
    job = house.run(job_id)
    assert job.error is not None
    assert job.error.code == "publish_at_passed"
    assert house.youtube.channel.videos == {}


@pytest.mark.parametrize(
    ("requested", "sent"), [(None, ["ambient", "Ada"]), ([], []), (["mine"], ["mine"])]
)
def test_tags_default_to_the_mixs(
    house: PublishingHouse, requested: list[str] | None, sent: list[str]
):
    metadata = WordsView(
        title="", description="", tags=["ambient", "Ada"], hashtags=[], written_by="template"
    )
    made = {"mix.mp4": FILM, "words.json": metadata.model_dump_json().encode()}
    house.publish(house.mix(files=made), tags=requested)
    *tags, marker = house.only_video().resource["snippet"]["tags"]
    assert tags == sent
    assert marker.startswith("segue-")


@pytest.mark.parametrize(
    ("description", "message", "hint"),
    [
        ("0:00 Ada – Rain", "Links, @ and # were left out of 1 name: “Ada – Rain #hit”.", "Keep"),
        ("0:00 Ada – Rain #hit", "Links, @ or # are in 1 name: “Ada – Rain #hit”.", "They lead"),
    ],
)
def test_preflight_shows_names_with_links(
    house: PublishingHouse, description: str, message: str, hint: str
):
    metadata = WordsView(
        title="",
        description=description,
        tags=[],
        hashtags=[],
        written_by="template",
        linked_names=["Ada – Rain #hit"],
    )
    made = {"words.json": metadata.model_dump_json().encode()}
    mix = house.mix(files={**made, "mix.mp4": FILM, "description.txt": description.encode()})
    view = house.preflight.check("ann", PublishRequest(job_id=mix))
    (fault,) = [one for one in view.faults if one.code == "names_with_links"]
    assert (fault.field, fault.message, fault.is_warning) == ("description", message, True)
    assert fault.hint.startswith(hint)
    assert view.may_go
    own = PublishRequest(job_id=mix, description="Mine.")
    own_faults = house.preflight.check("ann", own).faults
    assert "names_with_links" not in [fault.code for fault in own_faults]


def test_description_is_checked_once_it_is_written(house: PublishingHouse):
    mix = house.mix(is_done=False)
    job_id = house.ask(mix).id
    house.finish(mix, {"mix.mp4": FILM, "description.txt": b"x" * 6000})
    job = house.run(job_id)
    assert job.error is not None
    assert job.error.code == "description_too_long"
    assert house.youtube.script.counts["open"] == 0


# --- what can be published


def test_publication_waits_for_a_running_mix(house: PublishingHouse):
    mix = house.mix(is_done=False)
    job = house.ask(mix)
    assert (job.status, job.waits_for) == ("queued", mix)
    assert house.publication(mix).state == "waiting"
    house.finish(mix)
    assert house.run(job.id).status == "succeeded"
    house.only_video()


@pytest.mark.parametrize("kind", ["stems", "preview", "publish", "analysis"])
def test_kinds_without_a_mix_are_rejected(house: PublishingHouse, kind: str):
    with pytest.raises(InvalidRequest):
        house.ask(house.mix(kind))


def test_cancelled_mix_is_rejected(house: PublishingHouse):
    mix = house.mix(is_done=False)
    house.jobs.cancel("ann", mix)
    with pytest.raises(InvalidRequest):
        house.ask(mix)


def test_mix_of_another_user_is_not_found(house: PublishingHouse):
    mix = house.mix()
    house.rows.user("bob")
    house.connect("bob")
    with pytest.raises(NotFound):
        house.jobs.submit("bob", PublishRequest(job_id=mix))


def test_nothing_is_queued_without_a_connection(house: PublishingHouse):
    mix = house.mix()
    house.connections.disconnect("ann")
    with pytest.raises(NotConnected):
        house.ask(mix)
    assert [job.id for job in house.jobs.list("ann", JobQuery()).jobs] == [mix]


def test_invalid_title_is_rejected_before_queuing(house: PublishingHouse):
    with pytest.raises(CannotPublish) as caught:
        house.ask(house.mix(), title="x" * 101)
    assert caught.value.code == "title_too_long"


def test_connection_revoked_while_waiting_asks_to_reconnect(house: PublishingHouse):
    job = house.ask(house.mix())
    house.grant.is_revoked = True
    ran = house.run(job.id)
    assert ran.error is not None
    assert ran.error.code == "youtube_reconnect"
    house.connect()
    house.jobs.retry("ann", job.id)
    assert house.run(job.id).status == "succeeded"
    house.only_video()


def test_token_expiring_during_upload_is_refreshed(house: PublishingHouse):
    def expire() -> None:
        house.grant.access_tokens.clear()

    house.youtube.on_request = lambda kind: (
        expire() if house.youtube.script.counts["chunk"] == 2 and kind == "chunk" else None
    )
    assert house.publish(house.mix()).status == "succeeded"
    house.only_video()
    assert len(house.google.refreshes) >= 1


def test_upload_resumes_after_consent_was_revoked_midway(house: PublishingHouse):
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
    house.only_video()
    assert len(house.youtube.channel.sessions) == 1
