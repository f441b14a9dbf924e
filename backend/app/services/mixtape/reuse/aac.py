"""Reuse the AAC frames of the base mixtape's M4A, and its measurement."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from ....contract.stored_json import OtherVersion
from ....errors import ToolFailed
from ....jobs.pipeline import StepContext
from ....jobs.workspace import Workspace, sha256_of
from ....render.aac.encode import BaseAac
from ....render.aac.frames import AdtsFrames, extract_frames
from ....render.aac.m4a import length_of
from ....render.aac.segments import recipe_of
from ....render.files.formats import codec_arguments
from ....render.measure.finished_file import Measured, load_measured, save_measured
from ....render.measure.incremental import AAC, Change, measure_change
from ....render.player.player import Player
from ..job import MixtapeJob
from .base_files import FileOrigin, base_workspace

log = logging.getLogger(__name__)

M4A = "mix.m4a"
M4A_ORIGIN = "made-mix.m4a.json"
M4A_MEASUREMENT = "measured-mix.m4a.npz"


def save_aac_origin(job: MixtapeJob, player: Player, workspace: Workspace) -> None:
    """Store how the M4A was made, for mixes that will be based on this one."""
    written = {file.name: file.sha256 for file in workspace.written}
    origin = FileOrigin(recipe=_recipe(job, player), sha256=written[M4A])
    workspace.write_shape(M4A_ORIGIN, origin)


def open_base_aac(ctx: StepContext[MixtapeJob], player: Player) -> BaseAac | None:
    """The base's frames, if this job would encode the base's timeline to the same frames."""
    base = base_workspace(ctx)
    if base is None:
        return None
    try:
        origin = base.read_shape(M4A_ORIGIN, FileOrigin)
        path = base.path(M4A)
        if origin == FileOrigin(recipe=_recipe(ctx.job, player), sha256=sha256_of(path)):
            frames = _base_frames(ctx, base)
            return BaseAac(frames, player.timeline.length, player.sound_hash)
    except (OSError, OtherVersion, ToolFailed) as error:
        log.info("the base's M4A can't be reused: %s", type(error).__name__)
    return None


def measure_changed_aac(
    ctx: StepContext[MixtapeJob], length: int, progress: Callable[[int], None]
) -> Measured | None:
    """Measure only what differs from the base's M4A; None if the two can't be compared.

    ``length`` is the mix's; a file that states another length is measured completely.
    """
    base = base_workspace(ctx)
    known = load_measured(base.path(M4A_MEASUREMENT)) if base else None
    if base is None or known is None:
        return None
    try:
        if length_of(ctx.workspace.path(M4A)) != length:
            return None
        own = extract_frames(ctx.workspace.path(M4A), _extracted(ctx, "own"), ctx.job.ffmpeg)
        change = Change(own, _base_frames(ctx, base), length)
        return measure_change(change, known, AAC, ffmpeg=ctx.job.ffmpeg, progress=progress)
    except (OSError, ToolFailed) as error:
        log.info("the M4A is measured as a whole: %s", type(error).__name__)
        return None


def save_aac_measurement(measured: Measured, workspace: Workspace) -> None:
    """Store the M4A's measurement, for mixes that will be based on this one."""
    with workspace.write(M4A_MEASUREMENT) as path:
        save_measured(measured, path)


def _base_frames(ctx: StepContext[MixtapeJob], base: Workspace) -> AdtsFrames:
    """The frames of the base's M4A, which an earlier step may have extracted: it never changes."""
    out = _extracted(ctx, "base")
    if out.exists():
        return AdtsFrames.of(out)
    return extract_frames(base.path(M4A), out, ctx.job.ffmpeg)


def _extracted(ctx: StepContext[MixtapeJob], name: str) -> Path:
    return ctx.workspace.scratch("frames") / f"{name}.aac"


def _recipe(job: MixtapeJob, player: Player) -> str:
    arguments = codec_arguments("m4a", job.request.bitrate_kbps)
    return recipe_of(arguments, job.ffmpeg, 0, player.timeline.length, player.sound_hash)
