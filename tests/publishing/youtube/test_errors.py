"""The error shown for each of YouTube's errors, without YouTube's messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from googleapiclient.errors import HttpError
from httplib2 import Response

from backend.app.errors import (
    NotBefore,
    NotConfigured,
    ReconnectNeeded,
    SegueError,
    YouTubeRefused,
    YouTubeUnreachable,
)
from backend.app.publishing.youtube.errors import reason_of, refusal
from backend.app.publishing.youtube.quota_day import quota_day

from ..stand_ins.youtube_model import DAY_IS_SPENT, refused


def error_of(status: int, reason: str, message: str = "") -> HttpError:
    return HttpError(Response({"status": str(status)}), refused(status, reason, message).body)


@pytest.mark.parametrize(
    ("status", "reason", "message"),
    [(403, "quotaExceeded", ""), (429, "rateLimitExceeded", DAY_IS_SPENT)],
)
def test_spent_day_waits_until_pacific_midnight(status: int, reason: str, message: str) -> None:
    spent = refusal(error_of(status, reason, message))
    assert isinstance(spent, NotBefore)
    assert spent.until_s == quota_day(datetime.now(UTC))[1].timestamp()


def error_with_info(message: str, **metadata: str) -> HttpError:
    """A 429 of Google's newer error model, whose only reason is in its details."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {"service": "youtube.googleapis.com", **metadata},
    }
    links = {"@type": "type.googleapis.com/google.rpc.Help", "links": []}
    error = {"code": 429, "message": message, "status": "RESOURCE_EXHAUSTED"}
    body = json.dumps({"error": {**error, "details": [links, info]}}).encode()
    return HttpError(Response({"status": "429"}), body)


@pytest.mark.parametrize(
    ("message", "metadata"),
    [
        ("Quota exceeded.", {"quota_limit": "VideoUploadsPerDayPerProject"}),
        ("Quota exceeded.", {"quota_limit": "video-uploads-per-day"}),
        ("Quota exceeded.", {"quota_limit": "uploads", "quota_unit": "1/d/{project}"}),
        (DAY_IS_SPENT, {}),
        (DAY_IS_SPENT, {"quota_limit": "VideoUploads"}),
    ],
)
def test_daily_limit_in_an_error_info_waits_until_pacific_midnight(
    message: str, metadata: dict[str, str]
) -> None:
    spent = refusal(error_with_info(message, **metadata))
    assert isinstance(spent, NotBefore)
    assert spent.until_s == quota_day(datetime.now(UTC))[1].timestamp()


@pytest.mark.parametrize(
    "metadata",
    [{}, {"quota_limit": "defaultPerMinutePerProject", "quota_unit": "1/min/{project}"}],
)
def test_other_limit_in_an_error_info_is_temporary(metadata: dict[str, str]) -> None:
    error = error_with_info("Quota exceeded for 'Queries per minute'.", **metadata)
    assert isinstance(refusal(error), YouTubeUnreachable)


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (408, "", YouTubeUnreachable),
        (429, "", YouTubeUnreachable),
        (500, "", YouTubeUnreachable),
        (403, "userRateLimitExceeded", YouTubeUnreachable),
        (403, "RATE_LIMIT_EXCEEDED", YouTubeUnreachable),
        (400, "", YouTubeRefused),
        (409, "", YouTubeRefused),
        (403, "serviceDisabled", NotConfigured),
        (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", ReconnectNeeded),
    ],
)
def test_only_a_busy_youtube_is_temporary(
    status: int, reason: str, error: type[SegueError]
) -> None:
    assert isinstance(refusal(error_of(status, reason)), error)


@pytest.mark.parametrize(
    ("said", "shown"), [("x" * 60, "x" * 60), ("x" * 61, ""), ("two words", ""), ("9lives", "")]
)
def test_reason_is_one_word_of_at_most_60_characters(said: str, shown: str) -> None:
    assert reason_of(error_of(403, said)) == shown
