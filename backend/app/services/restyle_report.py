"""The finished restyle, decoded and measured, and what became of each stem."""

from __future__ import annotations

from ..contract.base import Shape
from ..contract.mixes import WaveformView
from ..contract.restyles import RestyledStemView, RestyleReport
from ..contract.stems import StemName
from ..dj.levels import limiting_note
from ..dsp.samples import seconds
from ..jobs.pipeline import StepContext
from ..render.check import BINS_PER_S, Measured, measure_file
from .finished_files import expect_length, missed_levels
from .restyle_grains import kept_figures, nothing_in
from .restyle_inputs import RestyleJob
from .restyle_mix import mix_name, planned, stem_name, told_by
from .separating import made_on, separation_note


def check_restyle(ctx: StepContext[RestyleJob]) -> None:
    """Measure the song; a wrong length fails the job, a missed level is told; report on all."""
    job = ctx.job
    name, length = mix_name(job), job.track.n_samples

    def progress(n_samples: int) -> None:
        ctx.progress(min(1.0, n_samples / length))

    found = measure_file(ctx.workspace.path(name), ffmpeg=job.ffmpeg, progress=progress)
    expect_length(found, length, job.request.format)
    notes = _notes(ctx, name, found)
    for note in notes:
        ctx.note(note)
    _write(ctx, "report.json", _report(ctx, found, notes))
    waveform = WaveformView(
        duration_s=seconds(found.n_samples),
        bins_per_s=BINS_PER_S,
        peaks=[round(float(peak), 3) for peak in found.peaks],
    )
    _write(ctx, "waveform.json", waveform)


def _notes(ctx: StepContext[RestyleJob], name: str, found: Measured) -> list[str]:
    job = ctx.job
    hard = limiting_note(told_by(job, planned(ctx.workspace))[1])
    return [*([hard] if hard else []), *missed_levels(name, found, None)]


def _report(ctx: StepContext[RestyleJob], found: Measured, notes: list[str]) -> RestyleReport:
    job = ctx.job
    device = made_on(job.content, job.separator, job.track.content)
    return RestyleReport(
        duration_s=seconds(found.n_samples),
        loudness_lufs=round(found.loudness_lufs, 2),
        true_peak_dbtp=round(found.true_peak_dbtp, 2),
        limited_db=round(told_by(job, planned(ctx.workspace))[1], 1),
        separator=job.separator.label,
        draft=job.separator.draft,
        stems=[_stem(job, stem) for stem in job.heard],
        notes=[separation_note(job.separator, [device]), *notes],
    )


def _stem(job: RestyleJob, stem: StemName) -> RestyledStemView:
    """What became of a stem that is heard."""
    sound = job.inputs.sounds.get(stem)
    told = kept_figures(job, stem) if sound else None
    return RestyledStemView(
        stem=stem,
        file=stem_name(job, stem),
        sound_id=sound.sound_id if sound else None,
        sound_name=sound.name if sound else "",
        volume=job.style(stem).volume,
        silent=nothing_in(job, job.made(stem)),
        grains=told.grains if told else None,
        sources=told.sources if told else None,
        onset_agreement=told.onset_agreement if told else None,
        pitch_agreement=told.pitch_agreement if told else None,
        envelope_correlation=told.envelope_correlation if told else None,
    )


def _write(ctx: StepContext[RestyleJob], name: str, shape: Shape) -> None:
    with ctx.workspace.write(name, "application/json") as path:
        path.write_text(shape.model_dump_json(), encoding="utf-8")
