"""YouTube's counting, texts of publications, and drafts as requests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.app.contract.publishing import PublicationView
from backend.app.publishing.youtube.limits import MARKER_CHARS
from frontend.labels import figures, job_status, publish
from frontend.state import publish_draft
from frontend.state.publish_draft import NEW_PLAYLIST, VideoDraft, suggested_release
from tests.frontend.scripted_api import job
from tests.frontend.youtube_data import publication

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
LATER = datetime(2031, 1, 2, 8, 0, tzinfo=UTC)
PAST = datetime(2025, 1, 2, 8, 0, tzinfo=UTC)


def test_tags_count_commas_and_quotes() -> None:
    assert publish.tags_length([]) == 0
    assert publish.tags_length(["house"]) == 5
    assert publish.tags_length(["house", "deep house"]) == 5 + 1 + 10 + 2


def test_relative_time_uses_today_and_tomorrow() -> None:
    nine = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert figures.relative_time(nine, "Europe/Berlin", NOW) == "tomorrow at 09:00"
    assert figures.relative_time(nine, "Pacific/Auckland", NOW) == "today at 21:00"
    assert figures.relative_time(nine.replace(day=30), None, NOW) == "on 30 Nov 2026 at 08:00"
    assert figures.relative_time(nine, "Nowhere/Land", NOW) == "tomorrow at 08:00"


def test_waiting_job_says_why() -> None:
    later = datetime(2031, 1, 2, 8, 0, tzinfo=UTC)
    paused = job("queued", queue_position=2, resumes_at=later)
    assert job_status.job_status(paused, "Europe/Berlin") == "Resumes on 2 Jan 2031 at 09:00"
    assert job_status.job_status(job("queued", waits_for="m")) == "Waiting for the mix"
    assert job_status.job_status(job("queued", queue_position=2)) == "Waiting — number 2 in line"


def test_job_that_waits_for_youtube_says_so() -> None:
    uploaded = publication("processing", job_id="p", video_id="v")
    paused = job(
        "queued", id="p", kind="publish", resumes_at=LATER, publications=[uploaded.model_dump()]
    )
    assert job_status.job_status(paused) == "On YouTube, next check on 2 Jan 2031 at 08:00"


def test_empty_fields_are_sent_as_none() -> None:
    sent = VideoDraft(description=" \n", tags=[" "]).publication(None)
    assert (sent.title, sent.description, sent.tags) == ("", None, None)
    assert sent.playlist_id is None
    assert sent.privacy == "private"


def test_scheduled_time_is_sent_in_utc() -> None:
    draft = VideoDraft(audience="later", goes_public_at=datetime(2026, 7, 1, 18, 30))
    sent = draft.publication("America/New_York")
    assert sent.publish_at == datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert sent.privacy == "private"


def test_time_is_sent_only_if_scheduled() -> None:
    draft = VideoDraft(audience="public", goes_public_at=datetime(2026, 7, 1, 18, 30))
    sent = draft.publication("Europe/Berlin")
    assert sent.publish_at is None
    assert sent.privacy == "public"


def test_new_playlist_is_sent_by_title_known_one_by_id() -> None:
    new = VideoDraft(playlist=NEW_PLAYLIST, playlist_title=" Nights ").publication(None)
    assert (new.playlist_id, new.playlist_title) == (None, "Nights")
    old = VideoDraft(playlist="PL1", playlist_title="left over").publication(None)
    assert (old.playlist_id, old.playlist_title) == ("PL1", "")


def test_overlong_texts_still_make_a_valid_request() -> None:
    draft = VideoDraft(title="x" * 5000, description="y" * 50_000, tags=["z" * 900])
    assert len(draft.request("m", None).title) > publish.TITLE_CHARS


def test_suggested_release_is_in_the_future() -> None:
    proposed = VideoDraft(audience="later", goes_public_at=suggested_release("Asia/Tokyo"))
    sent = proposed.publication("Asia/Tokyo").publish_at
    assert sent is not None
    assert sent > datetime.now(UTC)


CHECKED_FIRST = "Private until YouTube's checks are done"
CLAIM = {"code": "video_claimed", "message": "Claimed."}


def refused_as(code: str) -> PublicationView:
    refusal = {"code": code, "message": "No.", "is_refusal": True}
    return publication("rejected", remarks=[refusal])


def test_looks_are_shown_with_the_next() -> None:
    at = datetime(2031, 1, 2, 8, 0, tzinfo=UTC)
    seen = publication(looked_at=at, looks_again_at=at)
    moment = "on 2 Jan 2031 at 08:00"
    assert publish.looks(seen, None) == f"Last checked on YouTube {moment}, next check {moment}."
    assert publish.looks(publication(looked_at=at), None) == f"Last checked on YouTube {moment}."
    assert publish.looks(publication(), None) == ""
    unconnected = publish.looks(seen, None, is_connected=False)
    assert unconnected.startswith(f"Last checked on YouTube {moment}. Checks continue when")
    assert "next check" not in unconnected


def test_only_a_video_that_will_be_seen_waits_for_checks() -> None:
    for audience, waits in {"private": False, "public": True, "later": True}.items():
        draft = VideoDraft.model_validate({"audience": audience, "wait_for_checks": True})
        assert draft.publication(None).wait_for_checks is waits


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (publication(), "On YouTube, private"),
        (publication(publish_at=LATER), "On YouTube, scheduled"),
        (publication(publish_at=PAST), "On YouTube, due to be public"),
        (publication("uploading"), "Uploading"),
        (publication("failed"), "Failed"),
        (publication("rejected"), "Rejected by YouTube"),
        (refused_as("video_rejected_duplicate"), "Rejected by YouTube"),
        (refused_as("video_failed_codec"), "YouTube could not process it"),
        (refused_as("video_deleted"), "No longer on YouTube"),
        (publication("processing"), "YouTube is processing it"),
        (publication("processing", then_privacy="public"), "Waiting for YouTube's checks"),
        (publication(remarks=[CLAIM]), "On YouTube, private, with a remark"),
    ],
)
def test_publication_states(view: PublicationView, text: str) -> None:
    assert publish.publication_state(view) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "Private: only you can see it."),
        ({"privacy": "unlisted"}, "Unlisted: anyone with the link can see it."),
        ({"privacy": "public"}, "Public: everyone can see it."),
        ({"publish_at": LATER}, "Private now, public on 2 Jan 2031 at 08:00."),
        (
            {"publish_at": PAST},
            "It was due to go public on 2 Jan 2025 at 08:00. YouTube Studio shows whether it is.",
        ),
        ({"state": "rejected"}, "It cannot be watched."),
        ({"then_privacy": "public"}, f"{CHECKED_FIRST}, then public."),
        (
            {"then_privacy": "private", "then_publish_at": LATER},
            f"{CHECKED_FIRST}, then public on 2 Jan 2031 at 08:00.",
        ),
    ],
)
def test_audience_of_a_video_is_the_one_chosen(fields: dict[str, object], text: str) -> None:
    assert publish.seen_by(publication(**fields), None) == text


def test_uploads_left() -> None:
    assert publish.uploads_left(1, 100) == "1 of 100 uploads left today"
    assert publish.uploads_left(0, 100) == "No uploads left today"


def test_counter_leaves_space_for_our_own_tag() -> None:
    assert publish.USER_TAGS_CHARS == 500 - MARKER_CHARS


@pytest.mark.parametrize(
    ("kind", "request_", "synthetic"),
    [
        ("mixtape", {"tracks_upload_id": "c"}, False),
        ("mashup", {"tracks_upload_id": "c", "vibe": "dark"}, True),
        ("restyle", {"track_id": "a"}, True),
    ],
)
def test_altered_music_is_declared_synthetic(
    kind: str, request_: dict[str, object], synthetic: bool
) -> None:
    asked = job("succeeded", kind=kind, request={"kind": kind, **request_})
    assert publish_draft.first_draft(asked, None).synthetic_media is synthetic


def test_suggested_release_is_at_six_in_the_evening() -> None:
    assert (suggested_release("Asia/Tokyo").hour, suggested_release(None).minute) == (18, 0)


@pytest.mark.parametrize(
    ("state", "is_unfinished"),
    [
        ("waiting", True),
        ("preparing", True),
        ("uploading", True),
        ("processing", True),
        ("published", False),
        ("rejected", False),
        ("failed", False),
        ("cancelled", False),
    ],
)
def test_publication_is_unfinished_until_youtube_has_processed_it(
    state: str, is_unfinished: bool
) -> None:
    one = publication(state)
    assert publish_draft.unfinished([one]) == (one if is_unfinished else None)


def test_newest_video_comes_first_and_others_are_omitted() -> None:
    old, new = publication(job_id="old"), publication(job_id="new")
    assert publish_draft.online([old, publication("failed"), new]) == [new, old]


@pytest.mark.parametrize(
    ("playlist", "title", "needs"),
    [(NEW_PLAYLIST, " ", True), (NEW_PLAYLIST, "Nights", False), ("PL1", "", False)],
)
def test_new_playlist_needs_a_title(playlist: str, title: str, needs: bool) -> None:
    draft = VideoDraft(playlist=playlist, playlist_title=title)
    assert (draft.playlist_needs_title is not None) is needs
