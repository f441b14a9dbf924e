"""YouTube's answers to an upload, without YouTube."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from httplib2 import Response

from backend.app.errors import CannotPublish, NotBefore, ReconnectNeeded, SegueError, YouTubeRefused
from backend.app.publishing.upload.retry_policy import RetryNeeded
from backend.app.publishing.upload.upload_responses import (
    UploadResponse,
    parse_failure,
    parse_response,
)
from backend.app.publishing.youtube.video import YouTubeVideo
from tests.publishing.stand_ins.local_server import refused

SIZE = 1000


def answer(status: int, content: bytes = b"", **headers: str) -> UploadResponse:
    return parse_response(Response({"status": str(status), **headers}), content, SIZE)


def failure(status: int, reason: str = "", **headers: str) -> SegueError | RetryNeeded:
    content = refused(status, reason).body if reason else b"<html>"
    return parse_failure(Response({"status": str(status), **headers}), content or b"")


@pytest.mark.parametrize("status", [200, 201])
def test_finished_upload_has_a_video(status: int) -> None:
    assert answer(status, b'{"id": "v1"}') == UploadResponse(SIZE, video=YouTubeVideo(id="v1"))


@pytest.mark.parametrize(("said", "privacy"), [("unlisted", "unlisted"), ("members", None)])
def test_finished_upload_has_the_privacy_that_youtube_gave_it(said: str, privacy: str) -> None:
    status = {"privacyStatus": said, "publishAt": "2031-01-02T03:04:05Z"}
    video = answer(200, json.dumps({"id": "v1", "status": status}).encode()).video
    assert video is not None
    assert (video.privacy, video.publish_at) == (privacy, datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC))


@pytest.mark.parametrize("content", [b'{"id": ""}', b'{"id', b"<html>"])
def test_success_without_an_id_is_asked_again(content: bytes) -> None:
    with pytest.raises(RetryNeeded):
        answer(200, content)


@pytest.mark.parametrize("status", [404, 410])
def test_dropped_upload_is_gone(status: int) -> None:
    assert answer(status) == UploadResponse(is_gone=True)


@pytest.mark.parametrize(
    ("ranges", "received"),
    [({}, 0), ({"range": "bytes=0-0"}, 1), ({"range": "0-499"}, 500), ({"range": "0-999"}, 1000)],
)
def test_range_ends_with_the_last_byte_received(ranges: dict[str, str], received: int) -> None:
    assert answer(308, **ranges) == UploadResponse(received)


@pytest.mark.parametrize("ranges", ["bytes=0-1000", "bytes=1-499", "", "0-x"])
def test_impossible_range_is_asked_again(ranges: str) -> None:
    with pytest.raises(RetryNeeded):
        answer(308, range=ranges)


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (400, "invalidTitle", CannotPublish),
        (400, "invalidPublishAt", CannotPublish),
        (403, "forbiddenPrivacySetting", CannotPublish),
        (400, "uploadLimitExceeded", NotBefore),
        (403, "quotaExceeded", NotBefore),
        (401, "", ReconnectNeeded),
        (403, "forbidden", YouTubeRefused),
        (403, "", RetryNeeded),  # it may be a proxy's answer
        (302, "", RetryNeeded),
        (503, "", RetryNeeded),
        (403, "rateLimitExceeded", RetryNeeded),
    ],
)
def test_refusal_of_youtube_is_final_any_other_is_not(
    status: int, reason: str, error: type[Exception]
) -> None:
    assert isinstance(failure(status, reason), error)


def test_channel_limit_ends_after_24_hours() -> None:
    limit = failure(400, "uploadLimitExceeded")
    assert isinstance(limit, NotBefore)
    assert limit.until_s == pytest.approx(time.time() + 86_400, abs=60)  # a slow machine


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        ("33", 33.0),
        ("999999", 86_400.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("soon", 0.0),
        ("-5", 0.0),
    ],
)
def test_requested_pause_is_a_number_or_a_date_up_to_a_day(text: str, wait_s: float) -> None:
    needed = failure(503, **{"retry-after": text})
    assert isinstance(needed, RetryNeeded)
    assert needed.wait_s == wait_s
