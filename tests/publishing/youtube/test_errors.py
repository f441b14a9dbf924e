"""The error shown for each of YouTube's errors, without YouTube's messages."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (408, "", YouTubeUnreachable),
        (429, "", YouTubeUnreachable),
        (500, "", YouTubeUnreachable),
        (403, "userRateLimitExceeded", YouTubeUnreachable),
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
