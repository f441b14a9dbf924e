"""After the upload: wait for YouTube, tell what it says, look again for a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.app.contract.jobs import JobView
from backend.app.publishing.youtube.consent import UPLOAD
from backend.app.store.publications.tables import PublicationRow

from ..publishing_house import LOOK_AGAIN_S, PublishingHouse
from ..stand_ins.youtube_faults import Fault

AT_ONCE = 5  # looks of the first attempt
FAILURES = ["conversion", "invalidFile", "emptyFile", "tooSmall", "codec", "uploadAborted"]
REJECTIONS = [
    *("copyright", "inappropriate", "duplicate", "termsOfUse", "uploaderAccountSuspended"),
    *("length", "claim", "uploaderAccountClosed", "trademark", "legal"),
]
CLAIM = {"licensedContent": True}
BLOCKED = {"regionRestriction": {"blocked": ["DE", "FR"]}}
DAY = timedelta(days=1)


def rejected(reason: str) -> dict[str, str]:
    return {"uploadStatus": "rejected", "rejectionReason": reason}


def looks(house: PublishingHouse) -> int:
    """Requests for the video so far."""
    return house.youtube.script.counts["videos.list"]


def change(house: PublishingHouse, job_id: str, **values: object) -> None:
    """Change the publication's row."""
    with house.rows.database.write() as session:
        row = session.get_one(PublicationRow, job_id)
        for name, value in values.items():
            setattr(row, name, value)


def look_now(house: PublishingHouse, job: JobView) -> None:
    """Let the follow-up look at the published video."""
    change(house, job.id, look_at=datetime.now(UTC))
    house.follow_up.look()


# --- until the video is processed


def test_video_is_published_once_youtube_has_processed_it(house: PublishingHouse):
    mix = house.mix()
    house.youtube.channel.processed_after = AT_ONCE
    job = house.publish(mix)
    assert (job.status, job.detail) == ("queued", "YouTube is processing the video.")
    assert job.resumes_at is not None
    publication = house.publication(mix)
    assert (publication.state, publication.published_at) == ("processing", None)
    assert publication.video_id == house.only_video().id
    assert looks(house) == AT_ONCE
    job = house.run(job.id)
    assert (job.status, job.notes) == ("succeeded", [])
    assert house.publication(mix).state == "published"
    assert looks(house) == AT_ONCE + 1


def test_waiting_for_youtube_sends_and_sets_nothing_again(house: PublishingHouse):
    house.youtube.channel.processed_after = AT_ONCE + 1
    job = house.publish(house.mix(), playlist_title="Mixes")
    sent = dict(house.youtube.script.counts)
    for _ in range(2):
        job = house.run(job.id)
    assert job.status == "succeeded"
    counts = dict(house.youtube.script.counts)
    assert counts.pop("videos.list") > sent.pop("videos.list")
    assert counts == sent
    assert house.youtube.channel.duplicates() == []


@pytest.mark.parametrize("reason", [*REJECTIONS, "somethingNew", ""])
def test_rejected_video_fails_the_job_with_its_reason(house: PublishingHouse, reason: str):
    mix = house.mix()
    house.youtube.channel.processed_after = 1
    house.youtube.channel.ends_as = rejected(reason)
    job = house.publish(mix)
    assert job.status == "failed"
    assert job.error is not None
    assert job.error.code == "_".join(["video_rejected", *([reason] if reason else [])])
    assert not job.error.retryable
    publication = house.publication(mix)
    assert publication.state == "rejected"
    [remark] = publication.remarks
    assert (remark.message, remark.is_refusal) == (job.error.message, True)
    assert publication.studio_url
    assert publication.studio_url in job.error.hint
    assert publication.video_id in publication.studio_url


@pytest.mark.parametrize("reason", [*FAILURES, "somethingNew"])
def test_unprocessable_video_fails_the_job_with_its_reason(house: PublishingHouse, reason: str):
    mix = house.mix()
    house.youtube.channel.ends_as = {"uploadStatus": "failed", "failureReason": reason}
    job = house.publish(mix)
    assert job.error is not None
    assert job.error.code == f"video_failed_{reason}"
    assert house.publication(mix).state == "rejected"


def test_mix_of_a_rejected_video_can_be_published_again(house: PublishingHouse):
    mix, channel = house.mix(), house.youtube.channel
    channel.ends_as = rejected("length")
    house.publish(mix)
    channel.ends_as = {"uploadStatus": "processed"}
    assert house.publish(mix).status == "succeeded"
    assert [one.state for one in house.show(mix).publications] == ["rejected", "published"]
    assert len(channel.videos) == 2


def test_new_video_that_is_listed_late_is_waited_for(house: PublishingHouse):
    house.youtube.channel.listed_after = 3
    assert house.publish(house.mix()).status == "succeeded"
    assert looks(house) == 4


def test_video_that_one_answer_lacks_is_not_taken_for_deleted(house: PublishingHouse):
    channel = house.youtube.channel
    channel.processed_after = AT_ONCE + 1
    job = house.publish(house.mix())
    channel.not_listed = set(channel.videos)
    house.youtube.on_done = lambda _: channel.not_listed.clear()
    job = house.run(job.id)
    assert (job.status, job.notes) == ("succeeded", [])
    assert house.publication(job.id).state == "published"


def test_video_deleted_while_it_is_processed_fails_the_job(house: PublishingHouse):
    mix, channel = house.mix(), house.youtube.channel
    channel.processed_after = 1000
    job = house.publish(mix)
    channel.not_listed = set(channel.videos)
    job = house.run(job.id)
    assert job.error is not None
    assert job.error.code == "video_deleted"
    assert house.publication(mix).state == "rejected"


def test_unfinished_video_is_given_up_after_a_day_and_can_be_retried(house: PublishingHouse):
    house.youtube.channel.processed_after = AT_ONCE + 2
    job = house.publish(house.mix())
    change(house, job.id, uploaded_at=datetime.now(UTC) - DAY)
    job = house.run(job.id)
    assert job.error is not None
    assert (job.error.code, job.error.retryable) == ("video_not_processed", True)
    house.jobs.retry("ann", job.id)
    house.run(job.id)
    house.jobs.retry("ann", job.id)
    assert house.run(job.id).status == "succeeded"
    house.only_video()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("videos.list", 1, "drop", 99),
        Fault("videos.list", 1, "status", 99, status=500),
        Fault("videos.list", 1, "empty", 99),
        Fault("videos.list", 1, "status", 99, status=403, reason="quotaExceeded"),
    ],
    ids=lambda fault: fault.reason or fault.answer,
)
def test_look_without_an_answer_is_repeated_later(house: PublishingHouse, fault: Fault):
    house.youtube.script.faults = [fault]
    job = house.publish(house.mix())
    assert job.status == "queued"
    house.youtube.script.faults = []
    house.jobs.cancel("ann", job.id)
    house.jobs.retry("ann", job.id)
    assert house.run(job.id).status == "succeeded"
    house.only_video()


def test_refused_look_is_a_note(house: PublishingHouse):
    house.youtube.script.faults = [
        Fault("videos.list", 1, "status", 99, status=403, reason="forbidden")
    ]
    job = house.publish(house.mix())
    assert job.status == "succeeded"
    [note] = job.notes
    assert note.startswith("Segue did not see what became of the video:")
    assert house.record(job.id)["notes"] == [note]


def test_connection_for_uploads_alone_does_not_look(house: PublishingHouse):
    house.connect(scopes=UPLOAD)
    job = house.publish(house.mix(), thumbnail=False)
    assert job.status == "succeeded"
    [note] = job.notes
    assert note.startswith("This connection may only upload")
    assert house.record(job.id)["notes"] == [note]
    assert looks(house) == 0


def test_answer_without_a_state_is_not_waited_for(house: PublishingHouse):
    house.youtube.channel.ends_as = {}
    assert house.publish(house.mix()).status == "succeeded"


@pytest.mark.parametrize(
    ("details", "code", "words"),
    [
        (CLAIM, "video_claimed", "claimed"),
        (BLOCKED, "video_blocked", "blocked in DE, FR."),
        ({"regionRestriction": {"allowed": []}}, "video_blocked", "in every country."),
        ({"regionRestriction": {"allowed": ["US"]}}, "video_blocked", "everywhere but in US."),
        (
            {"regionRestriction": {"blocked": [f"X{n}" for n in range(40)]}},
            "video_blocked",
            "blocked in 40 countries.",
        ),
    ],
)
def test_claim_is_shown_though_the_video_is_online(
    house: PublishingHouse, details: dict[str, Any], code: str, words: str
):
    mix = house.mix()
    house.youtube.channel.details = details
    job = house.publish(mix, privacy="public")
    assert job.status == "succeeded"
    [remark] = house.publication(mix).remarks
    assert (remark.code, remark.is_refusal) == (code, False)
    assert words in remark.message
    assert job.notes == house.record(job.id)["notes"] == [f"{remark.message} {remark.hint}"]
    assert house.publication(mix).state == "published"


def test_empty_list_of_blocked_countries_is_no_restriction(house: PublishingHouse):
    house.youtube.channel.details = {"regionRestriction": {"blocked": []}}
    job = house.publish(house.mix())
    assert (job.notes, house.publication(job.id).remarks) == ([], [])


# --- for a day afterwards


def published(house: PublishingHouse, **options: object) -> JobView:
    job = house.publish(house.mix(), **options)
    assert job.status == "succeeded", job.error
    assert house.publication(job.id).remarks == []
    return job


@pytest.mark.parametrize(
    ("ends_as", "details", "state", "code"),
    [
        (rejected("copyright"), {}, "rejected", "video_rejected_copyright"),
        ({"uploadStatus": "deleted"}, {}, "rejected", "video_deleted"),
        ({"uploadStatus": "processed"}, CLAIM, "published", "video_claimed"),
        ({"uploadStatus": "processed"}, BLOCKED, "published", "video_blocked"),
    ],
)
def test_what_comes_late_is_shown(
    house: PublishingHouse, ends_as: dict[str, Any], details: dict[str, Any], state: str, code: str
):
    job = published(house)
    house.youtube.channel.ends_as, house.youtube.channel.details = ends_as, details
    look_now(house, job)
    publication = house.publication(job.id)
    assert (publication.state, [one.code for one in publication.remarks]) == (state, [code])
    house.youtube.channel.ends_as = {"uploadStatus": "processed"}
    house.youtube.channel.details = {}
    look_now(house, job)
    publication = house.publication(job.id)
    assert (publication.state, publication.remarks) == ("published", [])


def test_video_that_three_looks_in_a_row_miss_is_deleted(house: PublishingHouse):
    job, channel = published(house), house.youtube.channel
    channel.not_listed = set(channel.videos)
    for _ in range(2):
        look_now(house, job)
        assert house.publication(job.id).remarks == []
    channel.not_listed = set()
    look_now(house, job)  # which ends the row
    channel.not_listed = set(channel.videos)
    for expected in ([], [], ["video_deleted"], ["video_deleted"]):
        look_now(house, job)
        assert [one.code for one in house.publication(job.id).remarks] == expected
    channel.not_listed = set()
    look_now(house, job)
    assert house.publication(job.id).remarks == []


def test_look_that_misses_the_video_is_repeated_after_the_first_wait(house: PublishingHouse):
    job = published(house)
    house.youtube.channel.not_listed = set(house.youtube.channel.videos)
    change(house, job.id, uploaded_at=datetime.now(UTC) - DAY)
    for _ in range(2):
        look_now(house, job)
        publication = house.publication(job.id)
        assert publication.looked_at is not None
        wait = timedelta(seconds=LOOK_AGAIN_S)
        assert publication.looks_again_at == publication.looked_at + wait
    look_now(house, job)
    assert house.publication(job.id).looks_again_at is None


def test_changed_privacy_is_shown_until_it_is_changed_back(house: PublishingHouse):
    job = published(house, privacy="public")
    status = house.only_video().resource["status"]
    status["privacyStatus"] = "private"
    for _ in range(2):
        look_now(house, job)
        publication = house.publication(job.id)
        assert publication.privacy == "private"
        [remark] = publication.remarks
        assert remark.message == "The video is private now; Segue published it as public."
    status["privacyStatus"] = "public"
    look_now(house, job)
    publication = house.publication(job.id)
    assert (publication.privacy, publication.remarks) == ("public", [])


def test_scheduled_video_becomes_public_without_a_remark(house: PublishingHouse):
    job = published(house, publish_at=datetime.now(UTC) + timedelta(hours=5))
    status = house.only_video().resource["status"]
    status["privacyStatus"] = "public"
    del status["publishAt"]
    look_now(house, job)
    publication = house.publication(job.id)
    assert (publication.privacy, publication.publish_at) == ("public", None)
    assert publication.remarks == []


def test_video_that_goes_public_after_days_is_looked_at_then(house: PublishingHouse):
    publish_at = (datetime.now(UTC) + 9 * DAY).replace(microsecond=0)
    job = published(house, publish_at=publish_at)
    change(house, job.id, uploaded_at=datetime.now(UTC) - DAY)
    look_now(house, job)
    due = publish_at + timedelta(seconds=LOOK_AGAIN_S)
    assert house.publication(job.id).looks_again_at == due
    status = house.only_video().resource["status"]
    status["privacyStatus"] = "public"
    del status["publishAt"]
    change(house, job.id, publish_at=datetime.now(UTC) - DAY)
    look_now(house, job)
    publication = house.publication(job.id)
    assert (publication.privacy, publication.publish_at) == ("public", None)
    assert publication.looks_again_at is None


def test_looks_end_a_day_after_the_upload(house: PublishingHouse):
    job = published(house)
    publication = house.publication(job.id)
    assert publication.looked_at is not None
    assert publication.looks_again_at is not None
    assert publication.looks_again_at > publication.looked_at
    before = looks(house)
    change(house, job.id, look_at=datetime.now(UTC) + timedelta(minutes=1))
    house.follow_up.look()
    assert looks(house) == before, "the look is not due yet"
    change(house, job.id, uploaded_at=datetime.now(UTC) - DAY)
    look_now(house, job)
    assert looks(house) == before + 1
    assert house.publication(job.id).looks_again_at is None


def test_each_look_is_made_by_one_process(house: PublishingHouse):
    job = published(house)
    change(house, job.id, look_at=datetime.now(UTC))
    due = house.follow_up.looks.due(datetime.now(UTC))
    assert due is not None
    later = datetime.now(UTC) + DAY
    assert house.follow_up.looks.claim(due, later)
    assert not house.follow_up.looks.claim(due, later)


def test_failed_look_is_made_again_at_the_next_time(house: PublishingHouse):
    job = published(house)
    house.youtube.channel.details = CLAIM
    house.youtube.script.replace([{"kind": "videos.list", "answer": "drop"}])
    look_now(house, job)
    assert looks(house) == 1
    assert house.publication(job.id).remarks == []
    look_now(house, job)
    assert [one.code for one in house.publication(job.id).remarks] == ["video_claimed"]


def test_other_channel_is_not_asked_for_the_video(house: PublishingHouse):
    job = published(house)
    house.youtube.channel.id = "UCother"
    house.connect()
    before = looks(house)
    look_now(house, job)
    house.connections.disconnect("ann")
    look_now(house, job)
    assert looks(house) == before


def test_deleted_job_leaves_the_looks(house: PublishingHouse):
    mix = house.mix()
    job = house.publish(mix)
    house.jobs.delete("ann", job.id)
    house.youtube.channel.details = CLAIM
    look_now(house, job)
    assert [one.code for one in house.publication(mix).remarks] == ["video_claimed"]
