"""The finished files of a mashup, decoded and measured, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..analysis.brightness import Brightness, BrightnessEar
from ..contract.base import Shape
from ..contract.mashups import MashupReport, VibeFigures
from ..contract.mixes import FileReport, WaveformView
from ..dj.levels import limiting_note
from ..dj.mashup_clock import Clock
from ..dj.timeline import Timeline
from ..dsp.loudness_range import loudness_range_lu
from ..dsp.samples import Samples, seconds
from ..jobs.pipeline import StepContext
from ..render.check import BINS_PER_S, Measured, decoded, measure
from ..render.voice_heard import beat_errors_ms
from .finished_files import expect_length, missed_levels
from .mashup_inputs import MashupJob
from .mashup_mix import Decided, decided, laid_out
from .mashup_sound import files_of, gain_db_for, limited_db
from .recordings import open_recording
from .stretching import open_piece

ENOUGH = 8  # beats that a voice strikes; the median of fewer says nothing


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a finished file."""

    levels: Measured
    brightness: Brightness


def check_files(ctx: StepContext[MashupJob], progress: Callable[[float], None]) -> None:
    """Measure every file; a wrong length fails the job, a missed level is told; report on all."""
    job, (_, length) = ctx.job, laid_out(ctx.workspace)
    heard = _hear(ctx, length, progress)
    for name, kind in files_of(job).items():
        expect_length(heard[name].levels, length, kind)
    notes = _notes(ctx, heard)
    for note in notes:
        ctx.note(note)
    ctx.say("the voice")
    first = next(iter(heard.values()))
    _write(ctx, "report.json", _report(ctx, heard, notes))
    _write(ctx, "waveform.json", _waveform(first.levels))


def _hear(
    ctx: StepContext[MashupJob], length: int, progress: Callable[[float], None]
) -> dict[str, Heard]:
    """Listen to every finished file, several at once."""
    names = list(files_of(ctx.job))
    done = dict.fromkeys(names, 0)

    def hear(name: str) -> Heard:
        def told(n_samples: int) -> None:
            done[name] = n_samples
            progress(sum(done.values()) / (len(names) * length))

        ear = BrightnessEar()
        blocks = decoded(f"file:{ctx.workspace.path(name)}", ctx.job.ffmpeg)
        levels = measure(_heard_by(ear, blocks), told)
        return Heard(levels, ear.finish())

    with ThreadPoolExecutor(ctx.job.workers) as pool:
        return dict(zip(names, pool.map(hear, names), strict=True))


def _heard_by(ear: BrightnessEar, blocks: Iterable[Samples]) -> Iterator[Samples]:
    for block in blocks:
        ear.push(block)
        yield block


def _notes(ctx: StepContext[MashupJob], heard: dict[str, Heard]) -> list[str]:
    """Sentences about the mastering; mostly none."""
    hard = limiting_note(limited_db(ctx))
    missed = [
        note
        for name, one in heard.items()
        for note in missed_levels(name, one.levels, ctx.job.loudness_lufs)
    ]
    return [*([hard] if hard else []), *missed]


def _report(
    ctx: StepContext[MashupJob], heard: dict[str, Heard], notes: Sequence[str]
) -> MashupReport:
    job, plan = ctx.job, decided(ctx.workspace)
    first = next(iter(heard.values()))
    return MashupReport(
        title=job.title(laid_out(ctx.workspace)[0]),
        duration_s=seconds(first.levels.n_samples),
        loudness_lufs=round(first.levels.loudness_lufs, 2),
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
        beat_error_ms=beat_error_ms(job, laid_out(ctx.workspace)[0], plan.tempo_bpm),
        files=[_file(ctx, name, one.levels) for name, one in heard.items()],
        notes=[*_draft_note(job), *plan.notes, *notes],
    )


def _draft_note(job: MashupJob) -> list[str]:
    if not job.separator.draft:
        return []
    return ["The songs were taken apart by the draft separator: stems are heard in each other."]


def beat_error_ms(job: MashupJob, timeline: Timeline, tempo_bpm: float) -> float | None:
    """The median distance of the voice's attacks from the beats; None where it strikes on few."""
    clock = Clock.of(tempo_bpm, beats_per_bar=1)
    beats = clock.at(0) + clock.beat * np.arange(timeline.length // clock.beat)
    errors_ms = beat_errors_ms(
        [clip for clip in timeline.clips if clip.stem == "vocals"],
        beats.astype(np.float64),
        partial(open_recording, job.content),
        partial(open_piece, job.content),
    )
    return round(float(np.median(errors_ms)), 2) if len(errors_ms) >= ENOUGH else None


def _figures(plan: Decided, heard: Heard) -> VibeFigures:
    return VibeFigures(
        tempo_bpm=plan.tempo_bpm,
        centroid_hz=round(heard.brightness.centroid_hz, 1),
        loudness_range_lu=round(loudness_range_lu(heard.levels.energies), 2),
        low_share=round(heard.brightness.low_share, 4),
        space_share=round(plan.space_share, 4),
    )


def _file(ctx: StepContext[MashupJob], name: str, levels: Measured) -> FileReport:
    return FileReport(
        name=name,
        loudness_lufs=round(levels.loudness_lufs, 2),
        true_peak_dbtp=round(levels.true_peak_dbtp, 2),
        gain_shift_db=gain_db_for(ctx, files_of(ctx.job)[name]),
    )


def _waveform(levels: Measured) -> WaveformView:
    return WaveformView(
        duration_s=seconds(levels.n_samples),
        bins_per_s=BINS_PER_S,
        peaks=[round(float(peak), 3) for peak in levels.peaks],
    )


def _write(ctx: StepContext[MashupJob], name: str, shape: Shape) -> None:
    with ctx.workspace.write(name, "application/json") as path:
        path.write_text(shape.model_dump_json(), encoding="utf-8")
