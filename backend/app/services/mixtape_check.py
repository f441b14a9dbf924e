"""The finished files of a mixtape, decoded and measured: what is promised is kept, or told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from ..contract.base import Shape
from ..contract.mixes import FileReport, ReportView, WaveformView
from ..dj.levels import forecast
from ..dj.timeline import Timeline
from ..dsp.samples import seconds
from ..errors import ToolFailed
from ..jobs.pipeline import StepContext
from ..render.check import BINS_PER_S, Measured, measure_file
from ..render.check_again import measure_again
from .finished_files import expect_length, missed_levels
from .mixtape_before import MP3, keep_measured, measured_before
from .mixtape_inputs import MixtapeJob
from .mixtape_joins import heard_joins
from .mixtape_plan import planned, profiles_of
from .mixtape_sound import files_of, kind_of, shift_db_for


def check_mix(ctx: StepContext[MixtapeJob]) -> None:
    """Measure every file; a wrong length fails the job, a missed level is told."""
    job, timeline = ctx.job, planned(ctx.workspace)
    names = [name for name, _ in files_of(job.request)]
    total, done = len(names) * timeline.length, dict.fromkeys(names, 0)

    def measure(name: str) -> Measured:
        def progress(n_samples: int) -> None:
            done[name] = n_samples
            ctx.progress(sum(done.values()) / total)

        path = ctx.workspace.path(name)
        known = measured_before(ctx) if name == MP3 else None
        if known is not None:
            with suppress(OSError, ToolFailed):  # gone by now, or none of ours: all is measured
                return measure_again(path, known, ffmpeg=job.ffmpeg, progress=progress)
        return measure_file(path, ffmpeg=job.ffmpeg, progress=progress)

    with ThreadPoolExecutor(job.workers) as pool:
        measured = dict(zip(names, pool.map(measure, names), strict=True))
    for name, found in measured.items():
        expect_length(found, timeline.length, kind_of(name))
        for note in missed_levels(name, found, job.loudness_lufs):
            ctx.note(note)
    if MP3 in measured:
        keep_measured(measured[MP3], ctx.workspace)
    _report(ctx, timeline, measured)


def _report(
    ctx: StepContext[MixtapeJob], timeline: Timeline, measured: dict[str, Measured]
) -> None:
    first = next(iter(measured.values()))
    report = ReportView(
        duration_s=seconds(first.n_samples),
        loudness_lufs=round(first.loudness_lufs, 2),
        true_peak_dbtp=round(first.true_peak_dbtp, 2),
        limited_db=round(forecast(timeline, profiles_of(ctx.job, timeline))[1], 1),
        files=[_file(ctx.job, timeline, name, found) for name, found in measured.items()],
        transitions=heard_joins(ctx, timeline, first),
        notes=[join.reason for join in timeline.transitions],
    )
    waveform = WaveformView(
        duration_s=report.duration_s,
        bins_per_s=BINS_PER_S,
        peaks=[round(float(peak), 3) for peak in first.peaks],
    )
    _write_shape(ctx, "report.json", report)
    _write_shape(ctx, "waveform.json", waveform)


def _file(job: MixtapeJob, timeline: Timeline, name: str, found: Measured) -> FileReport:
    return FileReport(
        name=name,
        loudness_lufs=round(found.loudness_lufs, 2),
        true_peak_dbtp=round(found.true_peak_dbtp, 2),
        gain_shift_db=shift_db_for(job, timeline, kind_of(name)),
    )


def _write_shape(ctx: StepContext[MixtapeJob], name: str, shape: Shape) -> None:
    with ctx.workspace.write(name, "application/json") as path:
        path.write_text(shape.model_dump_json(), encoding="utf-8")
