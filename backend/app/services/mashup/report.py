"""Check a mashup's finished files and write its report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from ...analysis.levels.brightness import Brightness
from ...contract.mashups import MashupReport, MashupSection, VibeFigures
from ...dj.levels.level_notes import limiting_note
from ...dj.mashup.contours import edge_levels_lufs
from ...dj.mashup.tempo import Clock
from ...dj.timeline import Timeline
from ...dsp.loudness import loudness_range_lu
from ...dsp.samples import seconds
from ...jobs.pipeline import StepContext
from ...render.measure.finished_file import Measured
from ...render.measure.vocal_timing import beat_errors_ms
from ..files.check_finished import file_report, level_notes, reported_lufs, waveform
from ..files.names import REPORT, WAVEFORM
from ..tracks.recordings import open_recording
from ..tracks.stretched import open_stretched
from .job import MashupJob
from .measure import MeasuredMashup, measure_mashup
from .plan import Decisions, read_decisions, read_timeline
from .render import limited_db

MIN_BEATS = 8  # beats with an attack of the voice; a median of fewer means little


def check_files(ctx: StepContext[MashupJob], brightness: Brightness | None) -> None:
    """Measure the files, note wrong levels, and write the report.

    ``brightness`` is that of the first file, if known.
    """
    measured = measure_mashup(ctx, brightness)
    limiting_db = limited_db(ctx, measured.levels[measured.first])
    notes = [*filter(None, [limiting_note(limiting_db)])]
    for name, found in measured.files.items():
        notes += level_notes(name, found, ctx.job.loudness_lufs)
    for note in notes:
        ctx.note(note)
    ctx.say("the voice")
    report = _report(ctx, measured, limiting_db, notes)
    ctx.workspace.write_shape(REPORT, report, artifact=True)
    ctx.workspace.write_shape(WAVEFORM, waveform(measured.files[measured.first]), artifact=True)


def _report(
    ctx: StepContext[MashupJob], measured: MeasuredMashup, limiting_db: float, notes: Sequence[str]
) -> MashupReport:
    job, plan = ctx.job, read_decisions(ctx.workspace)
    timeline, _ = read_timeline(ctx.workspace)
    first = measured.files[measured.first]
    return MashupReport(
        title=job.title(timeline),
        duration_s=seconds(first.n_samples),
        loudness_lufs=reported_lufs(first.loudness_lufs),
        true_peak_dbtp=round(first.true_peak_dbtp, 2),
        limited_db=round(limiting_db, 1),
        vibe=job.request.vibe,
        treatment=job.treatment.words,
        tempo_bpm=plan.tempo_bpm,
        key=plan.key,
        separator=job.separator.label,
        draft=job.separator.draft,
        chosen=plan.chosen,
        fits=plan.fits,
        sections=_measured_sections(plan, first),
        figures=_figures(plan, first, measured.brightness),
        beat_error_ms=beat_error_ms(job, timeline, plan.tempo_bpm),
        files=[
            file_report(name, found, measured.levels[name])
            for name, found in measured.files.items()
        ],
        notes=[job.stem_cache.note(job.songs), *plan.notes, *notes],
        left_out=list(plan.left_out),
    )


def _measured_sections(plan: Decisions, first: Measured) -> list[MashupSection]:
    """The sections, with their loudness in the finished file."""
    return [
        section.model_copy(update={"loudness_lufs": edge_levels_lufs(section, first.energies)})
        for section in plan.sections
    ]


def beat_error_ms(job: MashupJob, timeline: Timeline, tempo_bpm: float) -> float | None:
    """Median distance of the voice's attacks from the beats; None below ``MIN_BEATS``."""
    clock = Clock.of(tempo_bpm, beats_per_bar=1)
    beats = clock.at(0) + clock.beat * np.arange(timeline.length // clock.beat)
    errors_ms = beat_errors_ms(
        [clip for clip in timeline.clips if clip.stem == "vocals"],
        beats.astype(np.float64),
        partial(open_recording, job.store),
        partial(open_stretched, job.store),
    )
    return round(float(np.median(errors_ms)), 2) if len(errors_ms) >= MIN_BEATS else None


def _figures(plan: Decisions, first: Measured, brightness: Brightness) -> VibeFigures:
    return VibeFigures(
        tempo_bpm=plan.tempo_bpm,
        centroid_hz=round(brightness.centroid_hz, 1),
        loudness_range_lu=round(loudness_range_lu(first.energies), 2),
        low_share=round(brightness.low_share, 4),
        space_share=round(plan.space_share, 4),
    )
