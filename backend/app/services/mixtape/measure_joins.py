"""Measure the joins of a finished mix, for its report."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ...contract.dj import TransitionReport
from ...dj.levels.short_term import ShortTerm
from ...dj.timeline import Timeline, Transition
from ...dsp.samples import SAMPLE_RATE, db_of_gain
from ...jobs.pipeline import StepContext
from ...render.measure.finished_file import BINS_PER_S, Measured
from ..tracks.decks import decks_of
from .job import MixtapeJob
from .join_checks.faults import off_beat
from .join_checks.figures import read_checked_figures
from .join_checks.overlaps import Overlap, deck_files, measure_overlap, overlaps_of
from .planning.order import ordered_tracks
from .planning.plan import planned_joins
from .reuse.mp3 import JOIN_FIGURES, JoinFigures, StoredJoinFigures, base_join_figures


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
    overlaps = overlaps_of(timeline, decks)
    ctx.say("the joins")
    figures = join_figures(ctx.job, overlaps, _known_figures(ctx))
    known = {o.key: f for o, f in zip(overlaps, figures, strict=True) if o and f}
    ctx.workspace.write_shape(JOIN_FIGURES, StoredJoinFigures(by_key=known))
    completed = [
        _with_figures(report, found) if found else report
        for report, found in zip(reports, figures, strict=True)
    ]
    return with_levels(completed, timeline, measured)


def _known_figures(ctx: StepContext[MixtapeJob]) -> StoredJoinFigures:
    """The figures of joins that were measured before: for the base, or while checking the plan."""
    checked = read_checked_figures(ctx.workspace)
    return StoredJoinFigures(by_key={**base_join_figures(ctx).by_key, **checked.by_key})


def _with_figures(report: TransitionReport, figures: JoinFigures) -> TransitionReport:
    """Add a join's figures; say so if its sound contradicts the plan."""
    fault = off_beat(figures)
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
    files = deck_files(job)

    def figures(overlap: Overlap | None) -> JoinFigures | None:
        if overlap is None:
            return None
        return known.by_key.get(overlap.key) or measure_overlap(files, overlap)

    with ThreadPoolExecutor(job.workers) as pool:
        return list(pool.map(figures, overlaps))


def _levels(join: Transition, levels: ShortTerm, measured: Measured) -> dict[str, float]:
    start_s, end_s = join.start / SAMPLE_RATE, join.end / SAMPLE_RATE
    peaks = measured.true_peaks[int(start_s * BINS_PER_S) : int(end_s * BINS_PER_S) + 1]
    return {
        "loudness_step_lu": round(levels.after(end_s) - levels.before(start_s), 2),
        "true_peak_dbtp": round(db_of_gain(float(peaks.max(initial=1e-9))), 2),
    }
