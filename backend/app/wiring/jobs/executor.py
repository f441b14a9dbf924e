"""Build the executor of jobs, and the environment of each kind's child processes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from ...jobs.attempts import ExecutorOptions
from ...jobs.celery.dispatcher import CeleryDispatcher
from ...jobs.celery.messages import Broker, make_celery
from ...jobs.notices import Notices
from ...jobs.processes.fork_launcher import ForkLauncher
from ...jobs.processes.launcher import Launcher, NewProcessLauncher
from ...jobs.threads import ThreadExecutor
from ...settings import Settings
from ...store.database import Database
from ...store.jobs.notifications import listen
from ...store.jobs.queue import SqlJobQueue
from ...store.jobs.tasks import SqlTaskQueue
from ..objects import open_workspaces
from ..stores import database_url
from .concurrency import NICENESS, PER_USER, lanes, shares_tasks

# As names, because only children load these modules, not the API.
PIPELINES: Mapping[str, str] = {
    "mixtape": "backend.app.wiring.jobs.pipelines:build_mixtape_pipeline",
    "analysis": "backend.app.wiring.jobs.pipelines:build_analysis_pipeline",
    "preview": "backend.app.wiring.jobs.pipelines:build_preview_pipeline",
    "listening": "backend.app.wiring.jobs.pipelines:build_listening_pipeline",
    "stems": "backend.app.wiring.jobs.pipelines:build_stems_pipeline",
    "mashup": "backend.app.wiring.jobs.pipelines:build_mashup_pipeline",
    "restyle": "backend.app.wiring.jobs.pipelines:build_restyle_pipeline",
    "stem_mix": "backend.app.wiring.jobs.pipelines:build_stem_mix_pipeline",
    "publish": "backend.app.wiring.jobs.publish_pipeline:build_publish_pipeline",
}

Executor: TypeAlias = ThreadExecutor | CeleryDispatcher
"""Runs the jobs in this process, or wakes the workers that do."""

LOADED_ON_FIRST_USE = ("pedalboard", "scipy.signal")
"""Needed by most jobs, but imported by no pipeline module."""


def build_executor(
    settings: Settings,
    database: Database,
    ffmpeg: Path,
    keys: Sequence[str],
    notices: Notices | None = None,
) -> Executor:
    """Build the executor that ``EXECUTOR`` names; ``keys`` encrypt users' secrets."""
    queue = SqlJobQueue(database)
    listening = partial(listen, database) if database.has_notifications else None
    if settings.executor == "celery":
        broker = Broker(make_celery(settings.redis_url or ""))
        return CeleryDispatcher(queue, broker, SqlTaskQueue(database), listen=listening)
    options = executor_options(settings, ffmpeg, keys)
    tasks = SqlTaskQueue(database) if shares_tasks(settings) else None
    launcher = build_launcher(options.pipelines, loaded_for(settings))
    return ThreadExecutor(
        *(queue, options, launcher),
        listen=listening,
        tasks=tasks,
        changed=publish_with(notices),
    )


def publish_with(notices: Notices | None) -> Callable[[str], None]:
    """What announces a changed job; without Redis, nothing does."""
    return (lambda _: None) if notices is None else notices.publish


def loaded_for(settings: Settings) -> Sequence[str]:
    """The libraries that children need with these settings only, and take long to import."""
    return ("boto3",) if (settings.blob_url or "").startswith("s3:") else ()


def build_launcher(pipelines: Mapping[str, str], also: Sequence[str] = ()) -> Launcher:
    """Fork children on Linux; start new processes elsewhere.

    On macOS, system libraries abort in a forked child; only Linux kills children with their parent.
    """
    if sys.platform != "linux":
        return NewProcessLauncher()
    modules = sorted({name.partition(":")[0] for name in pipelines.values()})
    return ForkLauncher([*modules, *LOADED_ON_FIRST_USE, *also])


def executor_options(settings: Settings, ffmpeg: Path, keys: Sequence[str]) -> ExecutorOptions:
    """Give each child the settings that it needs, and only the secrets of its job kind."""
    return ExecutorOptions(
        PIPELINES,
        _child_environment(settings, ffmpeg),
        open_workspaces(settings, None).root,
        lanes(settings),
        settings.lease_s,
        secrets={
            "mixtape": _metadata(settings),
            "mashup": _metadata(settings),
            "publish": _publishing(settings, keys),
        },
        niceness=NICENESS,
        per_user=PER_USER,
    )


def _child_environment(settings: Settings, ffmpeg: Path) -> Mapping[str, str]:
    return {
        "STORAGE_ROOT": str(settings.storage_root.resolve()),
        "FFMPEG_BINARY": str(ffmpeg),
        "RENDER_WORKERS": str(settings.render_workers),
        "DEMUCS_MODEL": settings.demucs_model,
        "DEMUCS_REPO": str(settings.demucs_repo.resolve()) if settings.demucs_repo else "",
        **_object_store(settings),
    }


def _object_store(settings: Settings) -> Mapping[str, str]:
    """For children that share files with other machines: the store, and the rows of leases."""
    if settings.blob_url is None:
        return {}
    secrets = {
        name.upper(): secret.get_secret_value()
        for name in ("aws_secret_access_key", "aws_session_token", "minio_secret_key")
        if (secret := getattr(settings, name)) is not None
    }
    named = _named(settings, "blob_", "aws_", "minio_")
    return {**named, **secrets, "DATABASE_URL": database_url(settings)}


def _metadata(settings: Settings) -> Mapping[str, str]:
    """For descriptions: YouTube's limits, and the language model, if any."""
    limits = _named(settings, "youtube_max_", "youtube_min_")
    key = settings.openai_api_key
    if key is None:
        return limits
    return {
        **limits,
        "OPENAI_API_KEY": key.get_secret_value(),
        "OPENAI_BASE_URL": settings.openai_base_url,
        "OPENAI_MODEL": settings.openai_model,
        "LLM_TIMEOUT_S": str(settings.llm_timeout_s),
    }


def _publishing(settings: Settings, keys: Sequence[str]) -> Mapping[str, str]:
    """For publications: the database, the keys, and this server's Google client."""
    return {
        **_named(settings, "youtube_"),
        "DATABASE_URL": database_url(settings),
        "TOKENS_ENCRYPTION_KEY": ",".join(keys),
        "GOOGLE_CLIENT_SECRETS": str(settings.google_client_secrets.resolve()),
        "GOOGLE_ISSUER": settings.google_issuer,
    }


def _named(settings: Settings, *prefixes: str) -> Mapping[str, str]:
    """The settings whose names have these prefixes, as environment variables."""
    return {
        name.upper(): str(value)
        for name, value in settings.model_dump().items()
        if name.startswith(prefixes) and value is not None
    }
