"""Readiness says whether Redis answers; the server is ready without it."""

from __future__ import annotations

from pathlib import Path

from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.services.health import Health
from tests import redis_server
from tests.jobs.rows import Rows


def test_flushed_or_absent_redis_is_named(
    rows: Rows, redis: redis_server.Server, tmp_path: Path
) -> None:
    health = Health(rows.database, tmp_path, find_ffmpeg(None), redis.url)
    redis.client().flushall()
    assert health.readiness().redis is True
    redis.kill()
    found = health.readiness()
    assert (found.ready, found.redis) == (True, False)
    assert "Redis does not answer." in found.warnings
    redis.start()
    assert health.readiness().redis is True


def test_server_without_redis_does_not_ask(rows: Rows, tmp_path: Path) -> None:
    assert Health(rows.database, tmp_path, find_ffmpeg(None)).readiness().redis is None
