"""Reuse the base mixtape's MP3, its measurement and its joins' measurements.

They lie in the base job's folder, which may be deleted at any moment or come from another version.
Anything unusable is made again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from ....contract.base import Shape
from ....contract.stored_json import OtherVersion
from ....errors import ToolFailed
from ....jobs.pipeline import StepContext
from ....jobs.workspace import Workspace, sha256_of
from ....render.measure.finished_file import Measured, load_measured, save_measured
from ....render.measure.incremental import BaseFile
from ....render.mp3.info_frame import Mp3Mode
from ....render.mp3.reuse import BaseMp3
from ....render.mp3.segments import frames_hash
from ....render.player.player import Player
from ..job import MixtapeJob
from .base_files import FileOrigin, base_workspace

log = logging.getLogger(__name__)

MP3 = "mix.mp3"
MP3_ORIGIN = "made-mix.mp3.json"
MEASUREMENT = "measured-mix.mp3.npz"
JOIN_FIGURES = "heard-joins.json"


class JoinFigures(Shape):
    """The measurements of a join's overlap, as in the join's report."""

    beat_error_ms: float | None
    beat_error_p95_ms: float | None
    bass_both_share: float
    beats_apart_ms: float | None = None
    beats_apart: float | None = None
    beats_drift_ms: float | None = None
    beats_coherence: float | None = None


class StoredJoinFigures(Shape):
    """The measurements of joins, by a hash of their overlap."""

    by_key: dict[str, JoinFigures]


@dataclass(frozen=True, slots=True)
class Mp3Reuse:
    """Stores how an MP3 was encoded, and opens a base's MP3 that was encoded the same way."""

    mode: Mp3Mode
    ffmpeg: Path

    def save(self, player: Player, workspace: Workspace) -> None:
        """Store how the MP3 was made, for mixes that will be based on this one."""
        written = {file.name: file.sha256 for file in workspace.written}
        origin = FileOrigin(recipe=self._recipe(player), sha256=written[MP3])
        workspace.write_shape(MP3_ORIGIN, origin)

    def open_base(self, base: Workspace, player: Player) -> BaseMp3 | None:
        """The base's MP3, if this job would encode the base's timeline to the same bytes."""
        path = base.path(MP3)
        try:
            origin = base.read_shape(MP3_ORIGIN, FileOrigin)
            if origin == FileOrigin(recipe=self._recipe(player), sha256=sha256_of(path)):
                return BaseMp3(path, player.timeline.length, player.sound_hash)
        except (OSError, OtherVersion, ToolFailed) as error:
            log.info("the base's MP3 can't be reused: %s", type(error).__name__)
        return None

    def _recipe(self, player: Player) -> str:
        return frames_hash(self.mode, self.ffmpeg, player.timeline.length, player.sound_hash)


def save_measurement(measured: Measured, workspace: Workspace) -> None:
    """Store the MP3's measurement, for mixes that will be based on this one."""
    with workspace.write(MEASUREMENT) as path:
        save_measured(measured, path)


def base_measurement(ctx: StepContext[MixtapeJob]) -> BaseFile | None:
    """The base's MP3 with its measurement, if both exist."""
    base = base_workspace(ctx)
    measured = load_measured(base.path(MEASUREMENT)) if base else None
    return BaseFile(base.path(MP3), measured) if base and measured else None


def base_join_figures(ctx: StepContext[MixtapeJob]) -> StoredJoinFigures:
    """The measurements of the base's joins; none if they cannot be read."""
    base = base_workspace(ctx)
    if base is not None:
        try:
            return base.read_shape(JOIN_FIGURES, StoredJoinFigures)
        except (OSError, OtherVersion) as error:
            log.info("the base's joins are measured again: %s", type(error).__name__)
    return StoredJoinFigures(by_key={})
