"""Upload private, wait until nothing stands against the video, then give it its privacy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.app.contract.jobs import JobView, PublishRequest
from backend.app.errors import CannotPublish
from backend.app.publishing.youtube.consent import UPLOAD
from tests.patience import wait_until

from ..publishing_house import PublishingHouse
from ..stand_ins.youtube_faults import Fault

MOST_LOOKS = 5
AT_ONCE = 5  # looks of the first attempt
LATER = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)


def finish(house: PublishingHouse, job: JobView) -> JobView:
    """Run the job again after each of its pauses."""
    for _ in range(MOST_LOOKS):
        if job.status != "queued":
            break
        job = house.run(job.id)
    return job


def status_of(house: PublishingHouse) -> dict[str, Any]:
    return dict(house.only_video().resource["status"])


def test_video_is_private_until_its_checks_are_done(house: PublishingHouse):
    mix = house.mix()
    house.youtube.channel.processed_after = AT_ONCE
    job = house.ask(mix, privacy="public", wait_for_checks=True)
    waiting = house.publication(mix)
    assert (waiting.privacy, waiting.then_privacy) == ("private", "public")
    for state in ("YouTube is processing the video.", "YouTube's checks are done."):
        job = house.run(job.id)
        assert job.status == "queued"
        assert job.detail is not None
        assert job.detail.endswith(state)
        assert status_of(house)["privacyStatus"] == "private"
        publication = house.publication(mix)
        assert publication.state == "processing"
        assert (publication.privacy, publication.then_privacy) == ("private", "public")
    job = house.run(job.id)
    assert (job.status, job.notes) == ("succeeded", [])
    publication = house.publication(mix)
    assert (publication.state, publication.privacy) == ("published", "public")
    assert publication.then_privacy is None
    assert house.record(job.id)["privacy"] == "public"
    assert status_of(house)["privacyStatus"] == "public"


def test_release_keeps_the_other_fields_of_the_status(house: PublishingHouse):
    job = house.publish(house.mix(), privacy="unlisted", wait_for_checks=True, made_for_kids=True)
    before = status_of(house)
    assert before["privacyStatus"] == "private"
    house.only_video().resource["status"] |= {"license": "creativeCommon", "embeddable": False}
    assert finish(house, job).status == "succeeded"
    assert status_of(house) == {
        **before,
        "privacyStatus": "unlisted",
        "license": "creativeCommon",
        "embeddable": False,
    }


def test_scheduled_video_gets_its_time_after_the_checks(house: PublishingHouse):
    job = house.publish(house.mix(), publish_at=LATER, wait_for_checks=True)
    assert "publishAt" not in status_of(house)
    publication = house.publication(job.id)
    assert (publication.publish_at, publication.then_publish_at) == (None, LATER)
    job = finish(house, job)
    assert (job.status, job.notes) == ("succeeded", [])
    status = status_of(house)
    assert status["privacyStatus"] == "private"
    assert status["publishAt"] == LATER.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert house.publication(job.id).publish_at == LATER


def test_video_whose_time_passed_while_it_waited_goes_public_at_once(house: PublishingHouse):
    mix = house.mix()
    moment = datetime.now(UTC) + timedelta(seconds=4)  # a loaded machine takes two to upload
    job = house.publish(mix, publish_at=moment, wait_for_checks=True)
    wait_until(lambda: datetime.now(UTC) > moment)
    job = finish(house, job)
    assert (job.status, job.notes) == ("succeeded", [])
    assert status_of(house)["privacyStatus"] == "public"
    assert "publishAt" not in status_of(house)
    assert house.publication(job.id).privacy == "public"


@pytest.mark.parametrize(
    "details", [{"licensedContent": True}, {"regionRestriction": {"blocked": ["DE"]}}]
)
@pytest.mark.parametrize("is_late", [False, True])
def test_claimed_video_stays_private_and_says_so(
    house: PublishingHouse, details: dict[str, Any], is_late: bool
):
    channel = house.youtube.channel
    channel.details = {} if is_late else details
    job = house.publish(house.mix(), privacy="public", wait_for_checks=True)
    channel.details = details
    job = finish(house, job)
    assert job.status == "succeeded"
    [note] = job.notes
    assert note.startswith("The video stays private. ")
    publication = house.publication(job.id)
    assert (publication.state, publication.privacy) == ("published", "private")
    assert len(publication.remarks) == 1
    assert status_of(house)["privacyStatus"] == "private"
    assert house.youtube.script.counts["videos.update"] == 0


@pytest.mark.parametrize(
    ("ends_as", "details", "status"),
    [
        ({"uploadStatus": "processed"}, {"licensedContent": True}, "succeeded"),
        ({"uploadStatus": "rejected", "rejectionReason": "claim"}, {}, "failed"),
    ],
)
def test_claim_made_while_the_release_waits_for_a_quota_keeps_the_video_private(
    house: PublishingHouse, ends_as: dict[str, Any], details: dict[str, Any], status: str
):
    house.youtube.script.faults = [
        Fault("videos.update", 1, "status", status=403, reason="quotaExceeded")
    ]
    job = house.publish(house.mix(), privacy="public", wait_for_checks=True)
    while house.youtube.script.counts["videos.update"] == 0:
        job = house.run(job.id)
    assert job.status == "queued"
    house.youtube.channel.ends_as, house.youtube.channel.details = ends_as, details
    house.jobs.start_now("ann", job.id)
    assert house.run(job.id).status == status
    assert house.youtube.script.counts["videos.update"] == 1
    assert status_of(house)["privacyStatus"] == "private"


@pytest.mark.parametrize("publish_at", [None, LATER])
def test_claim_made_after_the_release_is_not_said_to_keep_the_video_private(
    house: PublishingHouse, publish_at: datetime | None
):
    channel = house.youtube.channel
    house.youtube.on_done = lambda kind: (
        channel.details.update(licensedContent=True) if kind == "videos.update" else None
    )
    privacy = "private" if publish_at else "public"
    job = house.publish(house.mix(), privacy=privacy, publish_at=publish_at, wait_for_checks=True)
    job = finish(house, job)
    assert status_of(house)["privacyStatus"] == privacy
    [note] = job.notes
    assert note.startswith("A rights holder has claimed")


def test_list_that_lags_behind_the_release_is_not_a_change_of_privacy(house: PublishingHouse):
    house.youtube.channel.stale_lists = 1
    job = finish(house, house.publish(house.mix(), privacy="public", wait_for_checks=True))
    assert (job.status, job.notes) == ("succeeded", [])
    assert house.record(job.id)["privacy"] == "public"
    publication = house.publication(job.id)
    assert (publication.privacy, publication.remarks) == ("public", [])


def test_release_that_youtube_answers_with_private_is_a_note(house: PublishingHouse):
    house.youtube.channel.privacy_for_all = "private"
    job = finish(house, house.publish(house.mix(), privacy="public", wait_for_checks=True))
    assert job.status == "succeeded"
    assert job.notes == ["YouTube made the video private, not public. Change it in YouTube Studio."]


def test_rejected_video_is_never_released(house: PublishingHouse):
    house.youtube.channel.processed_after = 1
    house.youtube.channel.ends_as = {"uploadStatus": "rejected", "rejectionReason": "duplicate"}
    job = finish(house, house.publish(house.mix(), privacy="public", wait_for_checks=True))
    assert job.error is not None
    assert job.error.code == "video_rejected_duplicate"
    assert house.youtube.script.counts["videos.update"] == 0


def test_privacy_that_its_owner_chose_meanwhile_is_kept(house: PublishingHouse):
    job = house.publish(house.mix(), privacy="public", wait_for_checks=True)
    house.only_video().resource["status"]["privacyStatus"] = "unlisted"
    job = finish(house, job)
    assert job.status == "succeeded"
    assert house.youtube.script.counts["videos.update"] == 0
    assert house.publication(job.id).privacy == "unlisted"


def test_refused_release_is_a_note(house: PublishingHouse):
    house.youtube.channel.keeps_private = True
    job = finish(house, house.publish(house.mix(), privacy="public", wait_for_checks=True))
    assert job.status == "succeeded"
    assert job.notes == ["YouTube made the video private, not public. Change it in YouTube Studio."]
    assert house.publication(job.id).privacy == "private"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("videos.update", 1, "drop"),
        Fault("videos.update", 1, "drop", store=1.0),
        Fault("videos.update", 1, "status", status=500, store=1.0),
        Fault("videos.update", 1, "cut"),
    ],
    ids=lambda fault: f"{fault.answer} {fault.store}",
)
def test_release_whose_answer_is_lost_is_made_once(house: PublishingHouse, fault: Fault):
    house.youtube.script.faults = [fault]
    job = finish(house, house.publish(house.mix(), privacy="public", wait_for_checks=True))
    assert (job.status, job.notes) == ("succeeded", [])
    assert status_of(house)["privacyStatus"] == "public"


def test_private_video_has_nothing_to_wait_for(house: PublishingHouse):
    job = house.publish(house.mix(), wait_for_checks=True)
    assert job.status == "succeeded"
    assert "releasing" not in [step.name for step in job.steps]


def test_connection_for_uploads_alone_cannot_wait_for_checks(house: PublishingHouse):
    mix = house.mix()
    house.connect(scopes=UPLOAD)
    request = PublishRequest(job_id=mix, privacy="public", wait_for_checks=True)
    [fault] = house.preflight.check("ann", request).faults
    assert (fault.field, fault.code) == ("wait_for_checks", "checks_not_allowed")
    with pytest.raises(CannotPublish, match="may only upload"):
        house.ask(mix, privacy="public", wait_for_checks=True)
