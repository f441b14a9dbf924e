"""Waits between attempts, without YouTube."""

from __future__ import annotations

import pytest

from backend.app.errors import NotBefore, YouTubeUnreachable
from backend.app.publishing.upload.retry_policy import (
    Retries,
    RetryNeeded,
    RetryPolicy,
    search_waits_s,
)

GONE = YouTubeUnreachable("YouTube cannot be reached.")


class Recorded(Retries):
    """Retries at second 1000 with recorded waits; ``jitter`` is 0 to 1."""

    def __init__(self, jitter: float = 1.0) -> None:
        self.slept_s: list[float] = []
        super().__init__(
            RetryPolicy(sleep=self.slept_s.append, clock=lambda: 1000.0, random=lambda: jitter)
        )


@pytest.mark.parametrize(("jitter", "share"), [(0.0, 0.5), (1.0, 1.0)])
def test_waits_double_up_to_about_a_minute(jitter: float, share: float) -> None:
    retries = Recorded(jitter)
    for _ in range(9):
        retries.wait(RetryNeeded(GONE))
    waits = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 64.0, 64.0]
    assert retries.slept_s == [share * wait_s for wait_s in waits]
    with pytest.raises(YouTubeUnreachable):
        retries.wait(RetryNeeded(GONE))


@pytest.mark.parametrize(("asked_s", "slept_s"), [(0.3, 1.0), (33.0, 33.0), (300.0, 300.0)])
def test_job_sleeps_the_longer_wait_up_to_five_minutes(asked_s: float, slept_s: float) -> None:
    retries = Recorded()
    retries.wait(RetryNeeded(GONE, asked_s))
    assert retries.slept_s == [slept_s]


def test_longer_pause_returns_the_job_to_the_queue() -> None:
    retries = Recorded()
    with pytest.raises(NotBefore) as caught:
        retries.wait(RetryNeeded(GONE, 301.0))
    assert caught.value.until_s == 1301.0
    assert retries.slept_s == []


def test_channel_is_searched_for_about_a_minute_before_a_second_upload() -> None:
    looks_s = RetryPolicy().looks_s
    assert len(looks_s) == 4
    assert sum(looks_s) == 60.0
    assert search_waits_s(0.1) == pytest.approx((0.0, 0.1, 0.3, 0.8))
