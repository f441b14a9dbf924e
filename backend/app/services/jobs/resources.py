"""The machine's resources, for the steps of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...store.files.blobs import ContentStore
from ..separators import Separators


@dataclass(frozen=True, slots=True)
class JobResources:
    """Content store, separators, ffmpeg, and the number of parallel workers."""

    store: ContentStore
    separators: Separators
    ffmpeg: Path
    workers: int
