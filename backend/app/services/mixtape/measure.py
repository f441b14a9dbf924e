"""Measure a mixtape's finished files and write its report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ...contract.mixes import ReportView
from ...dj.levels.level_notes import NOTED_MISS_LU
from ...dj.levels.track_gains import forecast
from ...dj.timeline import Timeline
from ...dsp.samples import seconds
from ...errors import ToolFailed
from ...jobs.pipeline import StepContext, TaskList
from ...jobs.workspace import Workspace
from ...render.files.formats import LOSSLESS
from ...render.measure.finished_file import Measured, load_measured, measure_file, save_measured
from ...render.measure.incremental import measure_incremental
from ..files.artifacts import read_timeline
from ..files.check_finished import (
    file_report,
    is_over_limit,
    loudness_notes,
    reported_lufs,
    require_length,
    waveform,
)
from ..files.measure_files import measure_files
from ..files.names import FILM, REPORT, WAVEFORM
from ..jobs.pieces import Piece, tasks_of
from .job import MixtapeJob
from .measure_joins import measure_joins
from .planning.plan import profiles_of
from .render import FILM_SOUND, files_of, format_of
from .reuse.aac import measure_changed_aac, save_aac_measurement
from .reuse.levels import level_for, limited_db
from .reuse.mp3 import MP3, base_measurement, save_measurement

MEASURING_COST = 0.008
"""CPU seconds to measure a second of a lossy file."""


def check_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Measure every file; fail on a wrong length, note a wrong loudness."""
    job, timeline = ctx.job, read_timeline(ctx.workspace)
    measured = _measured(ctx, timeline)
    for name, found in measured.items():
        require_length(found, timeline.length, format_of(name))
        save_for_rerenders(name, found, ctx.workspace)
    final = {
        name: found
        for name, found in measured.items()
        if not is_over_limit(format_of(name), found.true_peak_dbtp)  # these are encoded again
    }
    for note in finished_notes(job, timeline, final):
        ctx.note(note)
    _write_report(ctx, timeline, measured)


def checking_tasks(ctx: StepContext[MixtapeJob]) -> TaskList:
    """List the lossy files as tasks that measure them; none if most is known from a base."""
    job = ctx.job
    names = [name for name, _ in files_of(job.request) if format_of(name) not in LOSSLESS]
    if job.inputs.base is not None:
        return tasks_of((), job.workers)
    length = read_timeline(ctx.workspace).length
    cost_s = MEASURING_COST * seconds(length)

    def piece(name: str) -> Piece:
        path = _measured_by_task(ctx, name)

        def work(progress: Callable[[float], None]) -> Sequence[Path]:
            if not path.is_file():
                found = measure_file(
                    ctx.workspace.path(name),
                    ffmpeg=job.ffmpeg,
                    progress=lambda done: progress(min(1.0, done / max(length, 1))),
                )
                save_measured(found, path)
            return [path]

        return Piece(name, cost_s, work, path.is_file())

    return tasks_of([piece(name) for name in names], job.workers)


def _measured_by_task(ctx: StepContext[MixtapeJob], name: str) -> Path:
    return ctx.workspace.scratch("measured") / f"{name}.npz"


def save_for_rerenders(name: str, found: Measured, workspace: Workspace) -> None:
    """Write a file's measurement, if a mix that will be based on this one reuses it."""
    if name == MP3:
        save_measurement(found, workspace)
    if name == FILM_SOUND:
        save_aac_measurement(found, workspace)


def finished_notes(job: MixtapeJob, timeline: Timeline, measured: dict[str, Measured]) -> list[str]:
    """Notes on loudness that differs from what the plan promised, under names asked for."""
    target_lufs = job.loudness_lufs
    forecast_lufs = forecast(timeline, profiles_of(job, timeline))[0]
    if abs(forecast_lufs - target_lufs) > NOTED_MISS_LU:  # which the plan has noted
        target_lufs = forecast_lufs
    notes = []
    for name, found in measured.items():
        notes += loudness_notes(shown_name(job, name), found, target_lufs)
    return notes


def shown_name(job: MixtapeJob, name: str) -> str:
    """The name of a file in notes: the film's, for a sound made for the film alone."""
    return FILM if name == FILM_SOUND and "m4a" not in job.request.formats else name


def _measured(ctx: StepContext[MixtapeJob], timeline: Timeline) -> dict[str, Measured]:
    """Measure the files; of MP3 and M4A only what differs from the base's."""
    ffmpeg = ctx.job.ffmpeg

    def decode(name: str, progress: Callable[[int], None]) -> Measured:
        path = ctx.workspace.path(name)
        known = load_measured(_measured_by_task(ctx, name)) if ctx.is_split else None
        if known is not None:
            return known
        if name == FILM_SOUND and (changed := measure_changed_aac(ctx, timeline.length, progress)):
            return changed
        base = base_measurement(ctx) if name == MP3 else None
        if base is not None:
            with suppress(OSError, ToolFailed):  # deleted, or not encoded by Segue: measure all
                return measure_incremental(path, base, ffmpeg=ffmpeg, progress=progress)
        return measure_file(path, ffmpeg=ffmpeg, progress=progress)

    files = {name: format_of(name) for name, _ in files_of(ctx.job.request)}
    return measure_files(ctx, files, timeline.length, decode, workers=ctx.job.workers)


def _write_report(
    ctx: StepContext[MixtapeJob], timeline: Timeline, measured: dict[str, Measured]
) -> None:
    levels = {name: level_for(ctx.job, timeline, format_of(name)) for name in measured}
    name, first = next(iter(measured.items()))
    report = ReportView(
        duration_s=seconds(first.n_samples),
        loudness_lufs=reported_lufs(first.loudness_lufs),
        true_peak_dbtp=round(first.true_peak_dbtp, 2),
        limited_db=round(limited_db(ctx.job, timeline, levels[name]), 1),
        files=[file_report(name, found, levels[name]) for name, found in measured.items()],
        transitions=measure_joins(ctx, timeline, first),
        notes=[join.reason for join in timeline.transitions],
    )
    ctx.workspace.write_shape(REPORT, report, artifact=True)
    ctx.workspace.write_shape(WAVEFORM, waveform(first), artifact=True)
