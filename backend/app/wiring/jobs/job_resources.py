"""Collect the resources of jobs: store, separators, ffmpeg, workers."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from ...media.ffmpeg.ffmpeg import find_ffmpeg
from ...services.jobs.resources import JobResources
from ...services.separators import Separators
from ...settings import Settings
from ...store.database import open_database
from ...store.files.blobs import ContentStore
from ..objects import content_store, open_objects
from ..stores import database_url

# A child of a job uses its rows of leases only.
_CONNECTIONS = 2


def job_resources(settings: Settings) -> JobResources:
    """Collect the resources; raise :class:`BadSettings` without ffmpeg."""
    keep_compiled_code(settings.storage_root)
    return JobResources(
        store=_content_store(settings),
        separators=build_separators(settings),
        ffmpeg=find_ffmpeg(settings.ffmpeg_binary),
        workers=settings.render_workers or os.cpu_count() or 1,
    )


def _content_store(settings: Settings) -> ContentStore:
    """The content store; only one that other machines share needs the database.

    Its copies of objects are kept until this process ends.
    """
    objects = open_objects(settings)
    if objects is None:
        return ContentStore(settings.storage_root)
    objects.pins.hold()
    database = open_database(database_url(settings), migrate=False, connections=_CONNECTIONS)
    return content_store(settings, objects, database)


def keep_compiled_code(storage_root: Path) -> None:
    """Let numba store compiled code in the storage folder, if it can't beside librosa.

    If it cannot store it anywhere, as in a read-only container, librosa cannot be imported.
    """
    librosa = find_spec("librosa")
    if librosa and librosa.origin and not os.access(Path(librosa.origin).parent, os.W_OK):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(storage_root.resolve() / "compiled"))


def build_separators(settings: Settings) -> Separators:
    """The separators of this machine."""
    return Separators(settings.demucs_model, settings.demucs_repo, settings.storage_root / "models")
