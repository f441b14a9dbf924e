"""Measure a finished restyle and write its report."""

from __future__ import annotations

from collections.abc import Callable

from ...contract.mixes import FileReport
from ...contract.restyles import RestyledStemView, RestyleReport
from ...contract.stems import StemName
from ...dj.levels.level_notes import limiting_note
from ...dj.timeline import Timeline
from ...dsp.samples import seconds
from ...jobs.pipeline import StepContext
from ...render.measure.finished_file import Measured, measure_file
from ...render.player.player import Level
from ..files.artifacts import read_timeline
from ..files.check_finished import file_report, level_notes, require_length, waveform
from ..files.correct_peaks import LevelledWriter, SoundFile, correct_peaks
from ..files.measure_files import measure_files
from ..files.names import REPORT, WAVEFORM
from .job import RestyleJob
from .render import (
    forecast_levels,
    level_for,
    level_under,
    mix_name,
    rewrite_mix,
    stem_name,
)
from .replay import cached_figures, is_silent

# share of the progress after measuring; the rest is for encoding again, if needed
_MEASURED_AT = 0.5


def check_restyle(ctx: StepContext[RestyleJob]) -> None:
    """Measure the song, encode it again if its peaks are too high, and write the report.

    Fail on a wrong length, note a wrong level.
    """
    job, timeline = ctx.job, read_timeline(ctx.workspace)
    measured, level = _measured(ctx, timeline)
    require_length(measured, job.track.n_samples, job.request.format)
    _, limited_db = forecast_levels(job, timeline, level)
    notes = [
        *filter(None, [limiting_note(limited_db)]),
        *level_notes(mix_name(job), measured, None),
    ]
    for note in notes:
        ctx.note(note)
    report = _report(job, file_report(mix_name(job), measured, level), limited_db, notes)
    ctx.workspace.write_shape(REPORT, report, artifact=True)
    ctx.workspace.write_shape(WAVEFORM, waveform(measured), artifact=True)


def _measured(ctx: StepContext[RestyleJob], timeline: Timeline) -> tuple[Measured, Level]:
    """The measurement and the level of the finished song."""
    job, name, kind = ctx.job, mix_name(ctx.job), ctx.job.request.format

    def decode(_: str, progress: Callable[[int], None]) -> Measured:
        return measure_file(ctx.workspace.path(name), ffmpeg=job.ffmpeg, progress=progress)

    def write(part: StepContext[RestyleJob], _: SoundFile, level: Level) -> Measured:
        rewrite_mix(part, timeline, level)
        return decode(name, lambda _: None)

    measuring, length = ctx.part(0.0, _MEASURED_AT), job.track.n_samples
    found = measure_files(measuring, {name: kind}, length, decode, workers=1)[name]
    file = SoundFile(name, kind, level_for(job), found.true_peak_dbtp)
    writer = LevelledWriter(lambda _, ceiling: level_under(job, timeline, ceiling), write)
    corrected = correct_peaks(ctx.part(_MEASURED_AT, 1.0), [file], writer)
    return corrected.get(name, (found, file.level))


def _report(
    job: RestyleJob, file: FileReport, limited_db: float, notes: list[str]
) -> RestyleReport:
    return RestyleReport(
        duration_s=seconds(job.track.n_samples),
        loudness_lufs=file.loudness_lufs,
        true_peak_dbtp=file.true_peak_dbtp,
        limited_db=round(limited_db, 1),
        separator=job.separator.label,
        draft=job.separator.draft,
        stems=[_stem(job, stem) for stem in job.needed],
        notes=[job.stem_cache.note(job.songs), *notes],
        files=[file],
    )


def _stem(job: RestyleJob, stem: StemName) -> RestyledStemView:
    """An audible stem, with the figures of its replay."""
    sound = job.inputs.sounds.get(stem)
    figures = cached_figures(job, stem) if sound else None
    return RestyledStemView(
        stem=stem,
        file=stem_name(job, stem),
        sound_id=sound.sound_id if sound else None,
        sound_name=sound.name if sound else "",
        volume=job.style(stem).volume,
        silent=is_silent(job, job.restyled_file(stem)),
        **(figures.model_dump(exclude={"pitched"}) if figures else {}),
    )
