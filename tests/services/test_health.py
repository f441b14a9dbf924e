"""Readiness says whether Redis and the object store answer; the server is ready without them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.services import recent_check
from backend.app.services.health import Health, objects_answer, redis_answers
from backend.app.services.recent_check import RecentCheck
from backend.app.store.files.objects.cache import ObjectCache
from tests import redis_server, s3_faults, s3_server
from tests.jobs.rows import Rows
from tests.patience import wait_until
from tests.s3_faults import Fault
from tests.store.files.objects.stores import s3_objects


@pytest.fixture
def health(rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Health]:
    """Build it with checks by name, which ask each time."""
    monkeypatch.setattr(recent_check, "_KEPT_S", 0.0)

    def build(**asked: Callable[[], bool]) -> Health:
        checks = {name: RecentCheck(name, ask) for name, ask in asked.items()}
        return Health(rows.database, tmp_path, find_ffmpeg(None), **checks)

    return build


def test_flushed_absent_or_hanging_redis_is_named(
    redis: redis_server.Server, health: Callable[..., Health]
) -> None:
    asked = health(redis=partial(redis_answers, redis.url))
    redis.client().flushall()
    found = asked.readiness()
    assert (found.redis, found.status) == (True, "ready")
    redis.kill()
    found = asked.readiness()
    assert (found.ready, found.redis, found.status) == (True, False, "degraded")
    assert "Redis does not answer." in found.warnings
    redis.start()
    assert asked.readiness().redis is True
    redis.hang()
    try:
        began_s = time.monotonic()
        assert asked.readiness().redis is False
        assert time.monotonic() - began_s < 2.0  # one second, on a busy machine
    finally:
        redis.go_on()
    wait_until(lambda: asked.readiness().redis)


def test_object_store_that_hangs_is_named(
    s3: s3_server.Server, health: Callable[..., Health], tmp_path: Path
) -> None:
    with s3_faults.in_front_of(s3.ports["s3.port"]) as proxy:
        cache = ObjectCache(tmp_path, s3_objects(s3, endpoint_url=proxy.url))
        asked = health(storage=partial(objects_answer, cache))
        wait_until(lambda: asked.readiness().storage)  # a new server makes its bucket late
        assert asked.readiness().status == "ready"
        proxy.set(Fault(wait_s=3.0))
        began_s = time.monotonic()
        found = asked.readiness()
        assert (found.ready, found.storage, found.status) == (True, False, "degraded")
        assert asked.readiness().storage is False
        assert time.monotonic() - began_s < 2.5  # the second answer does not wait
        proxy.heal()
        wait_until(lambda: asked.readiness().storage)


@pytest.mark.parametrize("wrong", [{"secret_access_key": "no"}, {"bucket": "no-such-bucket"}])
def test_object_store_that_refuses_is_named(
    s3: s3_server.Server, tmp_path: Path, wrong: dict[str, str]
) -> None:
    assert not objects_answer(ObjectCache(tmp_path, s3_objects(s3, **wrong)))


def test_server_without_redis_and_store_does_not_ask(health: Callable[..., Health]) -> None:
    found = health().readiness()
    assert (found.redis, found.storage, found.status) == (None, None, "ready")


def test_answer_is_kept_for_seconds_and_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    check = RecentCheck("test", lambda: not asked.append(1))
    assert [check.answers() for _ in range(3)] == [True] * 3
    assert len(asked) == 1
    monkeypatch.setattr(recent_check, "_KEPT_S", 0.0)
    assert check.answers()
    assert len(asked) == 2


def test_check_that_hangs_has_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_check, "_WAIT_S", 0.01)
    asked: list[int] = []
    ends = Event()

    def hang() -> bool:
        asked.append(1)
        return ends.wait(30.0)

    check = RecentCheck("test", hang)
    assert [check.answers() for _ in range(3)] == [False] * 3
    assert len(asked) == 1
    ends.set()
    wait_until(check.answers)
    assert len(asked) == 1
