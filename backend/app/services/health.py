"""Check that this server can work: database, disk space, ffmpeg."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..contract.health import ReadyView
from ..errors import SegueError, ToolFailed
from ..media.ffmpeg.ffmpeg import run_ffmpeg
from ..store.database import Database
from ..store.files.disk_space import MIN_FREE_BYTES
from ..store.files.objects.cache import ObjectCache
from .recent_check import RecentCheck

# The first ffmpeg without CVE-2026-107697 (HLS child playlists read any file). The gate never lets
# ffmpeg choose that demuxer, so an older version is a warning, not an error.
FIXED_FFMPEG = (8, 1, 3)
_VERSION_TIMEOUT_S = 10.0
_TABLES = ("alembic_version", "users", "uploads", "jobs")

log = logging.getLogger(__name__)


class Health:
    """Checks what jobs depend on; ffmpeg only once, when the server starts."""

    def __init__(
        self,
        database: Database,
        storage_root: Path,
        ffmpeg: Path,
        *,
        redis: RecentCheck | None = None,
        storage: RecentCheck | None = None,
    ) -> None:
        self._database = database
        self._storage_root = storage_root
        self._redis = redis
        self._storage = storage
        self._ffmpeg_version = ffmpeg_version(ffmpeg)

    def readiness(self) -> ReadyView:
        """Check database and disk space now, Redis and the object store at most every 5 s."""
        free_bytes = shutil.disk_usage(self._storage_root).free
        database, version = self._database_answers(), self._ffmpeg_version
        redis, storage = (one and one.answers() for one in (self._redis, self._storage))
        ready = database and free_bytes >= MIN_FREE_BYTES and bool(version)
        warnings = _warnings(version)
        if redis is False:
            warnings.append("Redis does not answer.")
        if storage is False:
            warnings.append("The object store does not answer, or refuses this server.")
        degraded = redis is False or storage is False
        return ReadyView(
            ready=ready,
            status="not_ready" if not ready else "degraded" if degraded else "ready",
            database=database,
            free_bytes=free_bytes,
            ffmpeg_version=version,
            redis=redis,
            storage=storage,
            warnings=warnings,
        )

    def _database_answers(self) -> bool:
        """Read a row of each important table.

        A damaged file may still answer a query without tables.
        """
        try:
            with self._database.read() as session:
                for table in _TABLES:
                    session.connection().execute(text(f"SELECT * FROM {table} LIMIT 1")).all()
        except (SegueError, SQLAlchemyError) as error:
            log.warning("the database does not answer: %s", type(error).__name__)
            return False
        return True


def redis_answers(url: str) -> bool:
    """Whether Redis answers within a second."""
    from redis import Redis, RedisError  # not installed in the smallest setup

    try:
        with Redis.from_url(url, socket_connect_timeout=1.0, socket_timeout=1.0) as redis:
            return bool(redis.ping())
    except (RedisError, OSError, ValueError):
        return False


def objects_answer(objects: ObjectCache) -> bool:
    """Whether the object store answers and accepts the settings; takes as long as the store."""
    try:
        objects.check()
    except (SegueError, OSError) as error:
        log.warning("the object store does not answer: %s", type(error).__name__)
        return False
    return True


def ffmpeg_version(ffmpeg: Path) -> str | None:
    """ffmpeg's version; None if it doesn't run."""
    try:
        output = run_ffmpeg(ffmpeg, ["-version"], timeout_s=_VERSION_TIMEOUT_S)
    except (ToolFailed, OSError):
        return None
    found = re.match(rb"ffmpeg version (\S+)", output)
    return found.group(1).decode("ascii", "replace") if found else None


def _warnings(version: str | None) -> list[str]:
    if version is None:
        return ["ffmpeg does not run."]
    numbers = re.match(r"n?(\d+)\.(\d+)(?:\.(\d+))?", version)
    if numbers and tuple(int(n or 0) for n in numbers.groups()) < FIXED_FFMPEG:
        return [f"ffmpeg {version} is older than {'.'.join(map(str, FIXED_FFMPEG))}."]
    return []
