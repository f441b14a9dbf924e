"""Build what a worker process needs to run jobs without the API."""

from __future__ import annotations

from threading import Event

from ...errors import BadSettings
from ...jobs.attempts import Attempts
from ...media.ffmpeg.ffmpeg import find_ffmpeg
from ...settings import Settings
from ...store.jobs.queue import SqlJobQueue
from ..server_secrets import encryption_keys
from ..settings.checks import check_server_settings
from ..settings.read_settings import read_settings
from ..stores import open_stores
from .executor import build_launcher, executor_options


def worker_settings() -> Settings:
    """Read and check the settings; raise :class:`BadSettings` unless Celery is the executor."""
    settings = read_settings()
    check_server_settings(settings)
    if settings.executor != "celery":
        raise BadSettings(
            "This worker takes its work from Celery, but EXECUTOR is “threads”.",
            hint="Set EXECUTOR=celery and REDIS_URL, as for the API.",
        )
    return settings


def build_attempts(settings: Settings) -> Attempts:
    """Open the database and prepare to run jobs; the API migrates the database."""
    ffmpeg = find_ffmpeg(settings.ffmpeg_binary)
    stores = open_stores(settings, migrate=False)
    options = executor_options(settings, ffmpeg, encryption_keys(settings))
    launcher = build_launcher(options.pipelines)
    return Attempts(SqlJobQueue(stores.database), options, launcher, Event())
