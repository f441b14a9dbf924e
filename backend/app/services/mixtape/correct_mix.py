"""Encode a mixtape's files again whose encoder moved peaks over the limit."""

from __future__ import annotations

from ...contract.mixes import FileReport, ReportView
from ...dj.timeline import Timeline
from ...jobs.pipeline import StepContext
from ...render.measure.finished_file import Measured, measure_file
from ...render.player.player import Level
from ..files.artifacts import read_timeline
from ..files.check_finished import file_report, peak_notes, require_length, waveform
from ..files.correct_peaks import LevelledWriter, SoundFile, correct_peaks
from ..files.names import REPORT, WAVEFORM
from .job import MixtapeJob
from .measure import finished_notes, save_for_rerenders, shown_name
from .measure_joins import with_levels
from .render import encode, files_of, format_of, output_of, player_for, save_origin
from .reuse.levels import level_for, level_under, limited_db


def correct_mix(ctx: StepContext[MixtapeJob]) -> list[str]:
    """Encode each lossy file over the limit again; return the names of these files."""
    report, timeline = ctx.workspace.read_shape(REPORT, ReportView), read_timeline(ctx.workspace)
    files = [_sound_file(ctx.job, timeline, file) for file in report.files]
    corrected = correct_peaks(ctx, files, _writer(ctx.job, timeline))
    for name, (found, level) in corrected.items():
        _check(ctx, timeline, name, found)
        player = player_for(ctx.job, timeline, format_of(name)).at(level)
        save_origin(ctx.job, name, player, ctx.workspace)
        save_for_rerenders(name, found, ctx.workspace)
        report = _replaced(report, file_report(name, found, level))
        if name == report.files[0].name:
            report = _with_first(ctx, timeline, report, found, level)
    if corrected:
        ctx.workspace.write_shape(REPORT, report, artifact=True)
    return list(corrected)


def _sound_file(job: MixtapeJob, timeline: Timeline, file: FileReport) -> SoundFile:
    kind = format_of(file.name)
    return SoundFile(file.name, kind, level_for(job, timeline, kind), file.true_peak_dbtp)


def _writer(job: MixtapeJob, timeline: Timeline) -> LevelledWriter[MixtapeJob]:
    def write(ctx: StepContext[MixtapeJob], file: SoundFile, level: Level) -> Measured:
        player = player_for(job, timeline, file.format).at(level)
        with ctx.workspace.write(file.name, dict(files_of(job.request))[file.name]) as path:
            encode(ctx, timeline, [output_of(job, file.name, path, player)])
            return measure_file(path, ffmpeg=job.ffmpeg, progress=lambda _: None)

    return LevelledWriter(lambda _, ceiling_dbtp: level_under(job, timeline, ceiling_dbtp), write)


def _check(ctx: StepContext[MixtapeJob], timeline: Timeline, name: str, found: Measured) -> None:
    """Fail on a wrong length; note a wrong loudness, and a peak that is still over the limit."""
    require_length(found, timeline.length, format_of(name))
    shown = shown_name(ctx.job, name)
    for note in (
        *finished_notes(ctx.job, timeline, {name: found}),
        *peak_notes(shown, found.true_peak_dbtp),
    ):
        ctx.note(note)


def _replaced(report: ReportView, file: FileReport) -> ReportView:
    files = [file if one.name == file.name else one for one in report.files]
    return report.model_copy(update={"files": files})


def _with_first(
    ctx: StepContext[MixtapeJob],
    timeline: Timeline,
    report: ReportView,
    found: Measured,
    level: Level,
) -> ReportView:
    """The report with the figures of its first file, which are the mix's; write the waveform."""
    ctx.workspace.write_shape(WAVEFORM, waveform(found), artifact=True)
    return report.model_copy(
        update={
            "loudness_lufs": report.files[0].loudness_lufs,
            "true_peak_dbtp": report.files[0].true_peak_dbtp,
            "limited_db": round(limited_db(ctx.job, timeline, level), 1),
            "transitions": with_levels(report.transitions, timeline, found),
        }
    )
