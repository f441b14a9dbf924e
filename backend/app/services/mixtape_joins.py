"""The joins of a finished mix, listened to: what was planned is set beside what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..contract.dj import TransitionReport
from ..dj.candidates import MATCHED
from ..dj.deck import Grid, grid_of
from ..dj.join_report import times_where_both_sound
from ..dj.short_term import ShortTerm
from ..dj.timeline import Clip, Timeline, Transition
from ..dsp.samples import SAMPLE_RATE, db_of_gain
from ..jobs.pipeline import StepContext
from ..render.check import BINS_PER_S, Measured
from ..render.joins_heard import JoinHeard, Listener, Times, key_of_join
from .decks import decks_of
from .mixtape_before import HeardJoins, JoinFigures, heard_before, keep_heard
from .mixtape_inputs import MixtapeJob
from .mixtape_order import ordered_tracks
from .mixtape_plan import planned_joins
from .recordings import open_recording
from .stretching import open_piece


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two clips whose beats sound together, and those beats in samples of the mix."""

    clips: tuple[Clip, Clip]
    beats: tuple[Times, Times]

    @property
    def key(self) -> str:
        """A hash of all that is heard of it."""
        return key_of_join(self.clips, self.beats)


def heard_joins(
    ctx: StepContext[MixtapeJob], timeline: Timeline, measured: Measured
) -> list[TransitionReport]:
    """The report of every join, with the figures of the rendered audio filled in.

    Joins that sound as they do in the mix that this one is based on are not listened to again.
    """
    reports = planned_joins(ctx.workspace)
    if not reports:
        return []
    grids = [grid_of(deck) for deck in decks_of(ctx.job, ordered_tracks(ctx.job, ctx.workspace))]
    overlaps = [
        _overlap(timeline, join, grids[index], grids[index + 1])
        for index, join in enumerate(timeline.transitions)
    ]
    ctx.say("the joins")
    figures = listened(ctx.job, overlaps, heard_before(ctx))
    known = {o.key: f for o, f in zip(overlaps, figures, strict=True) if o and f}
    keep_heard(HeardJoins(by_key=known), ctx.workspace)
    levels = ShortTerm.of(measured.profile)
    return [
        _completed(report, join, found, levels, measured)
        for report, join, found in zip(reports, timeline.transitions, figures, strict=True)
    ]


def listened(
    job: MixtapeJob, overlaps: Sequence[Overlap | None], known: HeardJoins
) -> list[JoinFigures | None]:
    """What is heard in each overlap; None of a join that has none. Several at once."""
    listener = Listener(partial(open_recording, job.content), partial(open_piece, job.content))

    def figures(overlap: Overlap | None) -> JoinFigures | None:
        if overlap is None:
            return None
        before = known.by_key.get(overlap.key)
        return before or _figures(listener.hear(overlap.clips, overlap.beats))

    with ThreadPoolExecutor(job.workers) as pool:
        return list(pool.map(figures, overlaps))


def _overlap(
    timeline: Timeline, join: Transition, out: Grid | None, into: Grid | None
) -> Overlap | None:
    """Where two beats sound together; None of any other join."""
    if join.kind not in MATCHED or out is None or into is None:
        return None
    clips = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    theirs = SAMPLE_RATE * times_where_both_sound(out.beats_s, clips[0], clips[1])
    ours = SAMPLE_RATE * times_where_both_sound(into.beats_s, clips[1], clips[0])
    return Overlap(clips, (theirs, ours))


def _figures(heard: JoinHeard) -> JoinFigures:
    errors_ms, struck = heard.beat_errors_ms, len(heard.beat_errors_ms) > 0
    return JoinFigures(
        beat_error_ms=round(float(np.median(errors_ms)), 2) if struck else None,
        beat_error_p95_ms=round(float(np.percentile(errors_ms, 95)), 2) if struck else None,
        bass_both_share=round(heard.bass_both_share, 3),
    )


def _completed(
    report: TransitionReport,
    join: Transition,
    heard: JoinFigures | None,
    levels: ShortTerm,
    measured: Measured,
) -> TransitionReport:
    """Levels come from the whole mix's measurement, which costs nothing once it is there."""
    start_s, end_s = join.start / SAMPLE_RATE, join.end / SAMPLE_RATE
    peaks = measured.true_peaks[int(start_s * BINS_PER_S) : int(end_s * BINS_PER_S) + 1]
    figures: dict[str, float | None] = {
        "loudness_step_lu": round(levels.after(end_s) - levels.before(start_s), 2),
        "true_peak_dbtp": round(db_of_gain(float(peaks.max(initial=1e-9))), 2),
    }
    return report.model_copy(update={**figures, **(heard.model_dump() if heard else {})})
