"""Notices of changed jobs between processes, while Redis is killed, flushed, or hangs."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from backend.app.jobs import notices as noticing
from backend.app.jobs.notices import Notices
from tests import redis_server
from tests.patience import wait_until


class Pair:
    """A process that sends notices, and one that gets them."""

    def __init__(self, redis: redis_server.Server) -> None:
        self.redis = redis
        self.sender, self.listener = Notices(redis.url), Notices(redis.url)
        self.heard: list[set[str]] = []
        self.sender.send()
        self.listener.follow(self.heard.append)

    def arrives(self) -> None:
        """Announce a job until the listener hears of it."""
        job_id = f"job {len(self.heard)}"

        def is_heard() -> bool:
            self.sender.publish(job_id)
            return any(job_id in ids for ids in self.heard)

        wait_until(is_heard)


@pytest.fixture
def pair(redis: redis_server.Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    monkeypatch.setattr(noticing, "_RETRY_S", 0.05)
    monkeypatch.setattr(noticing, "_ANSWER_S", 0.3)
    monkeypatch.setattr(noticing, "_PING_S", 0.2)
    monkeypatch.setattr(noticing, "_SILENT_S", 2.0)
    pair = Pair(redis)
    yield pair
    pair.sender.stop()
    pair.listener.stop()


def test_notices_go_on_after_redis_was_flushed_and_killed(pair: Pair) -> None:
    pair.arrives()
    pair.redis.client().flushall()
    pair.arrives()
    pair.redis.kill()
    pair.sender.publish("lost")
    pair.redis.start()
    pair.arrives()


def test_notices_go_on_after_redis_hung(pair: Pair) -> None:
    pair.arrives()
    pair.redis.hang()
    try:
        time.sleep(0.5)  # longer than an answer may take
    finally:
        pair.redis.go_on()
    pair.arrives()


def test_changes_in_a_row_are_one_notice(pair: Pair) -> None:
    pair.arrives()
    heard = len(pair.heard)
    for number in range(50):
        pair.sender.publish(f"many {number}")
    wait_until(lambda: len(set().union(*pair.heard[heard:])) >= 50)
    assert len(pair.heard) - heard <= 5


@pytest.mark.parametrize("state", ["hangs", "is away"])
def test_announcing_never_waits_for_redis(pair: Pair, state: str) -> None:
    pair.arrives()
    if state == "hangs":
        pair.redis.hang()
    else:
        pair.redis.kill()
    try:
        began_s = time.monotonic()
        for number in range(5000):
            pair.sender.publish(f"job {number}")
        # 10 µs each; the limit is a hundredth of one answer's for a thousand of them
        assert time.monotonic() - began_s < 1.0
        assert len(pair.sender._changed) <= noticing._MOST_WAITING
    finally:
        if state == "hangs":
            pair.redis.go_on()
        else:
            pair.redis.start()
    pair.arrives()
