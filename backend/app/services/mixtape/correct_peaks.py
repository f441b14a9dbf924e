"""Encode files again whose encoder moved peaks over the limit."""

from __future__ import annotations

from ...contract.mixes import FileReport, ReportView
from ...dj.timeline import Timeline
from ...jobs.pipeline import StepContext
from ...render.measure.finished_file import Measured, measure_file
from ...render.player.player import Level
from ..files.artifacts import read_timeline
from ..files.check_finished import (
    TRUE_PEAK_LIMIT_DBTP,
    file_report,
    is_over_limit,
    peak_notes,
    require_length,
    waveform,
)
from ..files.names import REPORT, WAVEFORM
from .job import MixtapeJob
from .levels import level_for, level_under
from .measure import finished_notes, save_for_rerenders, shown_name
from .measure_joins import with_levels
from .render import encode, files_of, format_of, output_of, player_for, save_origin

MARGIN_DB = 0.1
"""How far under the limit the next try aims: an encoder does not follow its input to the tenth."""

TRIES = 4


def correct_peaks(ctx: StepContext[MixtapeJob]) -> list[str]:
    """Encode each lossy file over the limit again, under a lower ceiling, until it keeps it.

    Returns the names of these files. How far an encoder moves peaks is known only once its file is
    decoded; ceilings low enough for the worst sound would cost every mix its dynamics.
    """
    report, timeline = ctx.workspace.read_shape(REPORT, ReportView), read_timeline(ctx.workspace)
    over = [
        file for file in report.files if is_over_limit(format_of(file.name), file.true_peak_dbtp)
    ]
    for index, file in enumerate(over):
        part = ctx.part(index / len(over), (index + 1) / len(over))
        found, level = _corrected(part, timeline, file)
        _check(ctx, timeline, file.name, found)
        report = _replaced(ctx, timeline, report, file_report(file.name, found, level), found)
    if over:
        ctx.workspace.write_shape(REPORT, report, artifact=True)
    return [file.name for file in over]


def _corrected(
    ctx: StepContext[MixtapeJob], timeline: Timeline, file: FileReport
) -> tuple[Measured, Level]:
    """Encode a file until it keeps the limit; return its measurement and its level."""
    job, kind, peak_dbtp = ctx.job, format_of(file.name), file.true_peak_dbtp
    media_type = dict(files_of(job.request))[file.name]
    mix, level = player_for(job, timeline, kind), level_for(job, timeline, kind)
    for number in range(TRIES):
        ctx.say(file.name)
        excess_db = peak_dbtp - TRUE_PEAK_LIMIT_DBTP + MARGIN_DB
        level = level_under(job, timeline, level.ceiling_db - excess_db)
        with ctx.workspace.write(file.name, media_type) as path:
            part = ctx.part(number / TRIES, (number + 1) / TRIES)
            encode(part, timeline, [output_of(job, file.name, path, mix.at(level))])
            found = measure_file(path, ffmpeg=job.ffmpeg, progress=lambda _: None)
        peak_dbtp = found.true_peak_dbtp
        if peak_dbtp <= TRUE_PEAK_LIMIT_DBTP:
            break
    save_origin(job, file.name, mix.at(level), ctx.workspace)
    save_for_rerenders(file.name, found, ctx.workspace)
    return found, level


def _check(ctx: StepContext[MixtapeJob], timeline: Timeline, name: str, found: Measured) -> None:
    """Fail on a wrong length; note a wrong loudness, and a peak that is still over the limit."""
    require_length(found, timeline.length, format_of(name))
    shown = shown_name(ctx.job, name)
    for note in (
        *finished_notes(ctx.job, timeline, {name: found}),
        *peak_notes(shown, found.true_peak_dbtp),
    ):
        ctx.note(note)


def _replaced(
    ctx: StepContext[MixtapeJob],
    timeline: Timeline,
    report: ReportView,
    file: FileReport,
    found: Measured,
) -> ReportView:
    """The report with this file's figures; those of the first file are the mix's."""
    files = [file if one.name == file.name else one for one in report.files]
    update: dict[str, object] = {"files": files}
    if files[0] is file:
        update |= {
            "loudness_lufs": file.loudness_lufs,
            "true_peak_dbtp": file.true_peak_dbtp,
            "transitions": with_levels(report.transitions, timeline, found),
        }
        ctx.workspace.write_shape(WAVEFORM, waveform(found), artifact=True)
    return report.model_copy(update=update)
