"""Measure a finished restyle and write its report."""

from __future__ import annotations

from ...contract.restyles import RestyledStemView, RestyleReport
from ...contract.stems import StemName
from ...dj.levels.level_notes import limiting_note
from ...dsp.samples import seconds
from ...jobs.pipeline import StepContext
from ...render.measure.finished_file import Measured, measure_file
from ..files.artifacts import read_timeline
from ..files.check_finished import level_notes, reported_lufs, require_length, waveform
from ..files.names import REPORT, WAVEFORM
from .job import RestyleJob
from .render import forecast_levels, mix_name, stem_name
from .replay import cached_figures, is_silent


def check_restyle(ctx: StepContext[RestyleJob]) -> None:
    """Measure the song; fail on a wrong length, note a wrong level; write the report."""
    job = ctx.job
    name, length = mix_name(job), job.track.n_samples

    def progress(n_samples: int) -> None:
        ctx.progress(min(1.0, n_samples / length))

    measured = measure_file(ctx.workspace.path(name), ffmpeg=job.ffmpeg, progress=progress)
    require_length(measured, length, job.request.format)
    _, limited_db = forecast_levels(job, read_timeline(ctx.workspace))
    notes = [*filter(None, [limiting_note(limited_db)]), *level_notes(name, measured, None)]
    for note in notes:
        ctx.note(note)
    report = _report(job, measured, limited_db, notes)
    ctx.workspace.write_shape(REPORT, report, artifact=True)
    ctx.workspace.write_shape(WAVEFORM, waveform(measured), artifact=True)


def _report(
    job: RestyleJob, measured: Measured, limited_db: float, notes: list[str]
) -> RestyleReport:
    return RestyleReport(
        duration_s=seconds(measured.n_samples),
        loudness_lufs=reported_lufs(measured.loudness_lufs),
        true_peak_dbtp=round(measured.true_peak_dbtp, 2),
        limited_db=round(limited_db, 1),
        separator=job.separator.label,
        draft=job.separator.draft,
        stems=[_stem(job, stem) for stem in job.needed],
        notes=[job.stem_cache.note(job.songs), *notes],
    )


def _stem(job: RestyleJob, stem: StemName) -> RestyledStemView:
    """An audible stem, with the figures of its re-playing."""
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
