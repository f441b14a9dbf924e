"""Measure a mashup's finished files and write its report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...analysis.levels.brightness import Brightness, BrightnessMeter
from ...contract.mashups import MashupReport, VibeFigures
from ...dj.levels.level_notes import limiting_note
from ...dj.mashup.tempo import Clock
from ...dj.timeline import Timeline
from ...dsp.loudness import loudness_range_lu
from ...dsp.samples import Samples, seconds
from ...jobs.pipeline import StepContext
from ...render.measure.finished_file import Measured, decoded, measure
from ...render.measure.vocal_timing import beat_errors_ms
from ..files.check_finished import (
    file_report,
    level_notes,
    reported_lufs,
    require_length,
    waveform,
)
from ..files.names import REPORT, WAVEFORM
from ..tracks.recordings import open_recording
from ..tracks.stretched import open_stretched
from .job import MashupJob
from .plan import Decisions, read_decisions, read_timeline
from .render import files_of, level_for, limited_db

MIN_BEATS = 8  # on which the voice has an attack; the median of fewer means little


@dataclass(frozen=True, slots=True)
class MeasuredFile:
    """Levels and brightness of a finished file."""

    levels: Measured
    brightness: Brightness


def check_files(ctx: StepContext[MashupJob]) -> None:
    """Measure every file; fail on a wrong length, note a wrong level; write the report."""
    _, length = read_timeline(ctx.workspace)
    measured = _measure_files(ctx, length)
    for name, kind in files_of(ctx.job).items():
        require_length(measured[name].levels, length, kind)
    notes = _notes(ctx, measured)
    for note in notes:
        ctx.note(note)
    ctx.say("the voice")
    first = next(iter(measured.values()))
    ctx.workspace.write_shape(REPORT, _report(ctx, measured, notes), artifact=True)
    ctx.workspace.write_shape(WAVEFORM, waveform(first.levels), artifact=True)


def _measure_files(ctx: StepContext[MashupJob], length: int) -> dict[str, MeasuredFile]:
    """Measure every finished file, in parallel."""
    names = list(files_of(ctx.job))
    done = dict.fromkeys(names, 0)

    def measure_one(name: str) -> MeasuredFile:
        def progress(n_samples: int) -> None:
            done[name] = n_samples
            ctx.progress(sum(done.values()) / (len(names) * length))

        meter = BrightnessMeter()
        blocks = decoded(f"file:{ctx.workspace.path(name)}", ctx.job.ffmpeg)
        levels = measure(_pushed(meter, blocks), progress)
        return MeasuredFile(levels, meter.finish())

    with ThreadPoolExecutor(ctx.job.workers) as pool:
        return dict(zip(names, pool.map(measure_one, names), strict=True))


def _pushed(meter: BrightnessMeter, blocks: Iterable[Samples]) -> Iterator[Samples]:
    for block in blocks:
        meter.push(block)
        yield block


def _notes(ctx: StepContext[MashupJob], measured: dict[str, MeasuredFile]) -> list[str]:
    """Notes on the mastering; mostly there are none."""
    notes = list(filter(None, [limiting_note(limited_db(ctx))]))
    for name, one in measured.items():
        notes += level_notes(name, one.levels, ctx.job.loudness_lufs)
    return notes


def _report(
    ctx: StepContext[MashupJob], measured: dict[str, MeasuredFile], notes: Sequence[str]
) -> MashupReport:
    job, plan = ctx.job, read_decisions(ctx.workspace)
    timeline, _ = read_timeline(ctx.workspace)
    first = next(iter(measured.values()))
    return MashupReport(
        title=job.title(timeline),
        duration_s=seconds(first.levels.n_samples),
        loudness_lufs=reported_lufs(first.levels.loudness_lufs),
        true_peak_dbtp=round(first.levels.true_peak_dbtp, 2),
        limited_db=round(limited_db(ctx), 1),
        vibe=job.request.vibe,
        treatment=job.treatment.words,
        tempo_bpm=plan.tempo_bpm,
        key=plan.key,
        separator=job.separator.label,
        draft=job.separator.draft,
        chosen=plan.chosen,
        fits=plan.fits,
        sections=plan.sections,
        figures=_figures(plan, first),
        beat_error_ms=beat_error_ms(job, timeline, plan.tempo_bpm),
        files=[
            file_report(name, one.levels, level_for(ctx, files_of(job)[name]))
            for name, one in measured.items()
        ],
        notes=[job.stem_cache.note(job.songs), *plan.notes, *notes],
        left_out=list(plan.left_out),
    )


def beat_error_ms(job: MashupJob, timeline: Timeline, tempo_bpm: float) -> float | None:
    """Median distance from the voice's attacks to the beats; None below ``MIN_BEATS``."""
    clock = Clock.of(tempo_bpm, beats_per_bar=1)
    beats = clock.at(0) + clock.beat * np.arange(timeline.length // clock.beat)
    errors_ms = beat_errors_ms(
        [clip for clip in timeline.clips if clip.stem == "vocals"],
        beats.astype(np.float64),
        partial(open_recording, job.store),
        partial(open_stretched, job.store),
    )
    return round(float(np.median(errors_ms)), 2) if len(errors_ms) >= MIN_BEATS else None


def _figures(plan: Decisions, file: MeasuredFile) -> VibeFigures:
    return VibeFigures(
        tempo_bpm=plan.tempo_bpm,
        centroid_hz=round(file.brightness.centroid_hz, 1),
        loudness_range_lu=round(loudness_range_lu(file.levels.energies), 2),
        low_share=round(file.brightness.low_share, 4),
        space_share=round(plan.space_share, 4),
    )
