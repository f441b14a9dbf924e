"""What the mixtape that a job is based on has left: whatever still holds is not made again.

All of it lies in that job's folder, which may be deleted at any moment, or have been written by
another version. What cannot be used is made anew, and nobody needs to know.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..contract.base import Shape
from ..errors import ToolFailed
from ..jobs.pipeline import StepContext
from ..jobs.workspace import Workspace, sha256_of
from ..render.check import Measured, load_measured, save_measured
from ..render.check_again import Before
from ..render.mp3_info import Mp3Mode
from ..render.mp3_reuse import EarlierMp3
from ..render.mp3_segments import recipe_of
from ..render.player import Player
from .mixtape_inputs import MixtapeJob

log = logging.getLogger(__name__)

MP3 = "mix.mp3"
MADE = "made-mix.mp3.json"
MEASURED = "measured-mix.mp3.npz"
HEARD = "heard-joins.json"


class Made(Shape):
    """What a finished MP3 was made of, and its SHA-256; between steps."""

    recipe: str
    sha256: str


class JoinFigures(Shape):
    """What was heard in an overlap, as in a join's report."""

    beat_error_ms: float | None
    beat_error_p95_ms: float | None
    bass_both_share: float


class HeardJoins(Shape):
    """The figures of joins by the hash of all that they come from; between steps."""

    by_key: dict[str, JoinFigures]


def folder_before(ctx: StepContext[MixtapeJob]) -> Path | None:
    """The folder of the mixtape that this one is based on; jobs' folders lie side by side."""
    based_on = ctx.job.request.based_on
    if based_on is None or ctx.job.inputs.earlier is None:
        return None
    return ctx.workspace.root.parent / based_on


@dataclass(frozen=True, slots=True)
class Mp3Maker:
    """How this job makes its MP3 of any timeline."""

    mode: Mp3Mode
    ffmpeg: Path

    def recipe(self, player: Player) -> str:
        """A hash of all that decides the frames."""
        return recipe_of(self.mode, self.ffmpeg, player.timeline.length, player.key_of)

    def note(self, player: Player, workspace: Workspace) -> None:
        """Keep what the MP3 was made of, for a mix that will be based on this one."""
        written = {file.name: file.sha256 for file in workspace.written}
        made = Made(recipe=self.recipe(player), sha256=written[MP3])
        with workspace.write(MADE) as path:
            path.write_text(made.model_dump_json(), encoding="utf-8")

    @contextmanager
    def before(self, folder: Path, player: Player) -> Iterator[EarlierMp3 | None]:
        """The MP3 of an earlier mix, if it is what this job would make of that mix's timeline."""
        earlier = self._opened(folder, player)
        with earlier or nullcontext():
            yield earlier

    def _opened(self, folder: Path, player: Player) -> EarlierMp3 | None:
        try:
            made = Made.model_validate_json((folder / MADE).read_bytes())
            if made == Made(recipe=self.recipe(player), sha256=sha256_of(folder / MP3)):
                return EarlierMp3(folder / MP3, player.timeline.length, player.key_of)
        except (OSError, ValidationError, ToolFailed) as error:
            log.info("the earlier mix's MP3 cannot be used: %s", type(error).__name__)
        return None


def keep_measured(measured: Measured, workspace: Workspace) -> None:
    """Keep the figures of the MP3, for a mix that will be based on this one."""
    with workspace.write(MEASURED) as path:
        save_measured(measured, path)


def measured_before(ctx: StepContext[MixtapeJob]) -> Before | None:
    """The earlier mix's MP3 and its figures, if there are any."""
    folder = folder_before(ctx)
    measured = load_measured(folder / MEASURED) if folder else None
    return Before(folder / MP3, measured) if folder and measured else None


def keep_heard(heard: HeardJoins, workspace: Workspace) -> None:
    """Keep what was heard in the joins, for a mix that will be based on this one."""
    with workspace.write(HEARD) as path:
        path.write_text(heard.model_dump_json(), encoding="utf-8")


def heard_before(ctx: StepContext[MixtapeJob]) -> HeardJoins:
    """What was heard in the joins of the earlier mix; nothing if that is not known."""
    folder = folder_before(ctx)
    if folder is not None:
        try:
            return HeardJoins.model_validate_json((folder / HEARD).read_bytes())
        except (OSError, ValidationError) as error:
            log.info("the earlier mix's joins are heard again: %s", type(error).__name__)
    return HeardJoins(by_key={})
