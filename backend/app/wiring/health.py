"""Build the check of what the server depends on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..services.health import Health, objects_answer, redis_answers
from ..services.recent_check import RecentCheck
from ..settings import Settings
from .stores import Stores


def build_health(settings: Settings, stores: Stores, ffmpeg: Path) -> Health:
    """Check Redis and the object store only where they are set."""
    redis = storage = None
    if settings.redis_url:
        redis = RecentCheck("redis", partial(redis_answers, settings.redis_url))
    if stores.objects is not None:
        storage = RecentCheck("storage", partial(objects_answer, stores.objects))
    return Health(stores.database, settings.storage_root, ffmpeg, redis=redis, storage=storage)
