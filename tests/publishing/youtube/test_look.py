"""When to look at a new video again, and the words for what YouTube says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from googleapiclient.discovery_cache import get_static_doc

from backend.app.publishing.youtube.look import LookPolicy
from backend.app.publishing.youtube.remarks import refusal_of
from backend.app.publishing.youtube.video import YouTubeVideo
from backend.app.store.publications.looks import VideoFacts

UPLOADED = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
STATUS = json.loads(get_static_doc("youtube", "v3"))["schemas"]["VideoStatus"]["properties"]


def facts(status: str | None, reason: str | None = None) -> VideoFacts:
    return VideoFacts(status, reason, None, None, None, None, None)


def test_looks_become_rarer_and_end_after_a_day():
    minutes, now = [], UPLOADED
    while (at := LookPolicy().next_look(UPLOADED, now)) is not None:
        minutes.append((at - UPLOADED) / timedelta(minutes=1))
        now = at
    assert minutes == [5, 20, 65, 200, 560, 920, 1280, 24 * 60]


def test_first_looks_take_a_minute():
    assert LookPolicy().at_once_s == pytest.approx((0, 5, 10, 15, 30))


def test_missed_looks_are_left_out():
    now = UPLOADED + timedelta(hours=2)
    assert LookPolicy().next_look(UPLOADED, now) == UPLOADED + timedelta(minutes=200)
    assert LookPolicy().next_look(UPLOADED, now + timedelta(days=3)) is None


def test_scheduled_video_is_looked_at_once_it_is_due():
    policy, minutes = LookPolicy(), timedelta(minutes=5)
    for days in (0.5, 0.9, 9):
        publish_at = UPLOADED + timedelta(days=days)
        looks, now = [], UPLOADED
        while (at := policy.next_look(UPLOADED, now, publish_at)) is not None:
            looks.append(at)
            now = at
        assert publish_at + minutes in looks
        assert set(looks) - {publish_at + minutes} == set(_looks_of_the_day(policy))


def _looks_of_the_day(policy: LookPolicy) -> list[datetime]:
    looks: list[datetime] = []
    while (at := policy.next_look(UPLOADED, looks[-1] if looks else UPLOADED)) is not None:
        looks.append(at)
    return looks


@pytest.mark.parametrize(
    ("status", "field"), [("failed", "failureReason"), ("rejected", "rejectionReason")]
)
def test_each_documented_reason_has_a_sentence_of_its_own(status: str, field: str):
    reasons = STATUS[field]["enum"]
    said = [refusal_of(facts(status, reason)) for reason in (*reasons, "somethingNew")]
    assert len({remark.message for remark in said if remark}) == len(reasons) + 1


def test_each_documented_state_is_known():
    states = STATUS["uploadStatus"]["enum"]
    refused = [state for state in states if refusal_of(facts(state))]
    assert (states, refused) == (
        ["uploaded", "processed", "failed", "rejected", "deleted"],
        ["failed", "rejected", "deleted"],
    )


def test_reason_in_unknown_words_is_not_shown():
    remark = refusal_of(facts("rejected", "<b>see https://example.org</b>"))
    assert remark is not None
    assert (remark.code, remark.message) == ("video_rejected", "YouTube rejected the video.")


def test_unknown_values_do_not_fail_the_parsing():
    video = YouTubeVideo.model_validate(
        {
            "id": "v",
            "snippet": {"tags": ["a"]},
            "status": {
                "uploadStatus": "dreaming",
                "privacyStatus": "secret",
                "publishAt": "soon",
                "rejectionReason": 7,
            },
            "contentDetails": {"licensedContent": "perhaps", "regionRestriction": "nowhere"},
            "fileDetails": {"fileSize": "large"},
        }
    )
    assert video.tags == ["a"]
    others = video.model_dump(exclude={"id", "tags"})
    assert others == dict.fromkeys(others)


def test_known_values_are_read():
    video = YouTubeVideo.model_validate(
        {
            "id": "v",
            "status": {"uploadStatus": "rejected", "rejectionReason": "length"},
            "contentDetails": {"licensedContent": True, "regionRestriction": {"allowed": []}},
            "fileDetails": {"fileSize": "5020"},
        }
    )
    assert (video.upload_status, video.reason) == ("rejected", "length")
    assert (video.is_licensed, video.allowed_in, video.blocked_in) == (True, [], None)
    assert video.size_bytes == 5020
