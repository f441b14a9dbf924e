"""Measure the joins of a finished mix, for its report."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...contract.dj import TransitionReport
from ...dj.deck import Grid, grid_of
from ...dj.joins.candidates import MATCHED
from ...dj.joins.report import times_where_both_sound
from ...dj.levels.short_term import ShortTerm
from ...dj.timeline import Clip, Timeline, Transition
from ...dsp.samples import SAMPLE_RATE, db_of_gain
from ...jobs.pipeline import StepContext
from ...render.measure.blind_beats import BlindBeats
from ...render.measure.blind_join import BlindListener, Pulse
from ...render.measure.finished_file import BINS_PER_S, Measured
from ...render.measure.join_metrics import JoinAnalyser, JoinMetrics, Times, join_hash
from ..tracks.decks import decks_of
from ..tracks.recordings import open_recording
from ..tracks.stretched import open_stretched
from .job import MixtapeJob
from .join_checks.beats import beats_fault
from .order import ordered_tracks
from .plan import planned_joins
from .reuse.mp3 import JOIN_FIGURES, JoinFigures, StoredJoinFigures, base_join_figures


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two clips whose beats play together, and those beats in samples of the mix."""

    clips: tuple[Clip, Clip]
    beats: tuple[Times, Times]
    beats_per_bar: int = 4

    @property
    def key(self) -> str:
        """A hash of everything on which the overlap's figures depend."""
        return join_hash(self.clips, self.beats, self.beats_per_bar)

    @property
    def pulse(self) -> Pulse | None:
        """The length of its beats and bars, but not where they are."""
        return Pulse.of(self.beats[0], self.beats_per_bar)


def measure_joins(
    ctx: StepContext[MixtapeJob], timeline: Timeline, measured: Measured
) -> list[TransitionReport]:
    """Complete each join's planned report with measurements of the rendered sound.

    Joins that sound the same as in the base mix are not measured again.
    """
    reports = planned_joins(ctx.workspace)
    if not reports:
        return []
    tracks = ordered_tracks(ctx.job, ctx.workspace)
    decks = decks_of(ctx.job.store, tracks, whole=ctx.job.needs_analysis)
    grids = [grid_of(deck) for deck in decks]
    overlaps = [
        _overlap(timeline, join, grids[index], grids[index + 1])
        for index, join in enumerate(timeline.transitions)
    ]
    ctx.say("the joins")
    figures = join_figures(ctx.job, overlaps, base_join_figures(ctx))
    known = {o.key: f for o, f in zip(overlaps, figures, strict=True) if o and f}
    ctx.workspace.write_shape(JOIN_FIGURES, StoredJoinFigures(by_key=known))
    completed = [
        _with_figures(report, found) if found else report
        for report, found in zip(reports, figures, strict=True)
    ]
    return with_levels(completed, timeline, measured)


def _with_figures(report: TransitionReport, figures: JoinFigures) -> TransitionReport:
    """Add a join's figures; say so if its sound contradicts the plan."""
    fault = beats_fault(figures)
    reason = f"{report.reason} Measured: {fault}." if fault else report.reason
    return report.model_copy(update={**figures.model_dump(), "reason": reason})


def with_levels(
    reports: Sequence[TransitionReport], timeline: Timeline, measured: Measured
) -> list[TransitionReport]:
    """The reports with each join's levels, read from the whole mix's measurement."""
    levels = ShortTerm.of(measured.profile.energies)
    joins = timeline.transitions if reports else ()  # plain crossfades have no reports
    return [
        report.model_copy(update=_levels(join, levels, measured))
        for report, join in zip(reports, joins, strict=True)
    ]


def join_figures(
    job: MixtapeJob, overlaps: Sequence[Overlap | None], known: StoredJoinFigures
) -> list[JoinFigures | None]:
    """Measure the overlaps that are not known yet, in parallel; None for joins without one."""

    def figures(overlap: Overlap | None) -> JoinFigures | None:
        if overlap is None:
            return None
        return known.by_key.get(overlap.key) or measure_overlap(job, overlap)

    with ThreadPoolExecutor(job.workers) as pool:
        return list(pool.map(figures, overlaps))


def measure_overlap(job: MixtapeJob, overlap: Overlap) -> JoinFigures:
    """Measure an overlap on its two tracks, each rendered alone."""
    open_track = partial(open_recording, job.store)
    stretched = partial(open_stretched, job.store)
    metrics = JoinAnalyser(open_track, stretched).analyse(overlap.clips, overlap.beats)
    listener, pulse = BlindListener(open_track, stretched), overlap.pulse
    return _figures(metrics, listener.beats_of(overlap.clips, pulse) if pulse else None)


def _overlap(
    timeline: Timeline, join: Transition, out: Grid | None, into: Grid | None
) -> Overlap | None:
    """Where the beats of both tracks play together; None if the join isn't beat-matched."""
    if join.kind not in MATCHED or out is None or into is None:
        return None
    clips = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    out_beats = SAMPLE_RATE * times_where_both_sound(out.beats_s, clips[0], clips[1])
    in_beats = SAMPLE_RATE * times_where_both_sound(into.beats_s, clips[1], clips[0])
    return Overlap(clips, (out_beats, in_beats), out.beats_per_bar)


def _figures(metrics: JoinMetrics, blind: BlindBeats | None) -> JoinFigures:
    errors_ms, has_beats = metrics.beat_errors_ms, len(metrics.beat_errors_ms) > 0
    return JoinFigures(
        beat_error_ms=round(float(np.median(errors_ms)), 2) if has_beats else None,
        beat_error_p95_ms=round(float(np.percentile(errors_ms, 95)), 2) if has_beats else None,
        bass_both_share=round(metrics.bass_both_share, 3),
        beats_apart_ms=round(blind.apart_ms, 1) if blind else None,
        beats_apart=round(blind.apart_beats, 3) if blind else None,
        beats_drift_ms=round(blind.drift_ms, 1) if blind else None,
        beats_coherence=round(blind.coherence, 3) if blind else None,
    )


def _levels(join: Transition, levels: ShortTerm, measured: Measured) -> dict[str, float]:
    start_s, end_s = join.start / SAMPLE_RATE, join.end / SAMPLE_RATE
    peaks = measured.true_peaks[int(start_s * BINS_PER_S) : int(end_s * BINS_PER_S) + 1]
    return {
        "loudness_step_lu": round(levels.after(end_s) - levels.before(start_s), 2),
        "true_peak_dbtp": round(db_of_gain(float(peaks.max(initial=1e-9))), 2),
    }
