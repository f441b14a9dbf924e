"""The joins of a finished mix, listened to: what was planned is set beside what is heard."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from ..contract.dj import TransitionReport
from ..dj.candidates import MATCHED
from ..dj.deck import Grid, grid_of
from ..dj.join_report import times_where_both_sound
from ..dj.short_term import ShortTerm
from ..dj.timeline import Timeline, Transition
from ..dsp.samples import SAMPLE_RATE, db_of_gain
from ..jobs.workspace import Workspace
from ..media.normal_form import TrackReader
from ..render.check import BINS_PER_S, Measured
from ..render.joins_heard import JoinHeard, Listener
from .decks import decks_of
from .mixtape_inputs import MixtapeJob
from .mixtape_order import ordered_tracks
from .mixtape_plan import planned_joins
from .mixtape_sound import open_piece


def heard_joins(
    job: MixtapeJob,
    workspace: Workspace,
    timeline: Timeline,
    measured: Measured,
    say: Callable[[str], None] = lambda _: None,
) -> list[TransitionReport]:
    """The report of every join, with the figures of the rendered audio filled in."""
    reports = planned_joins(workspace)
    if not reports:
        return []
    grids = [grid_of(deck) for deck in decks_of(job, ordered_tracks(job, workspace))]
    listener = Listener(lambda c: TrackReader(job.content.path(c)), partial(open_piece, job))
    say("the joins")
    with ThreadPoolExecutor(job.workers) as pool:
        tasks = [
            pool.submit(_hear, listener, timeline, join, grids[index], grids[index + 1])
            for index, join in enumerate(timeline.transitions)
        ]
        heard = [task.result() for task in tasks]
    levels = ShortTerm.of(measured.profile)
    return [
        _completed(report, join, found, levels, measured)
        for report, join, found in zip(reports, timeline.transitions, heard, strict=True)
    ]


def _hear(
    listener: Listener, timeline: Timeline, join: Transition, out: Grid | None, into: Grid | None
) -> JoinHeard | None:
    """What is heard where two beats sound together; None of any other join."""
    if join.kind not in MATCHED or out is None or into is None:
        return None
    clips = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    theirs = SAMPLE_RATE * times_where_both_sound(out.beats_s, clips[0], clips[1])
    ours = SAMPLE_RATE * times_where_both_sound(into.beats_s, clips[1], clips[0])
    return listener.hear(clips, (theirs, ours))


def _completed(
    report: TransitionReport,
    join: Transition,
    heard: JoinHeard | None,
    levels: ShortTerm,
    measured: Measured,
) -> TransitionReport:
    start_s, end_s = join.start / SAMPLE_RATE, join.end / SAMPLE_RATE
    peaks = measured.true_peaks[int(start_s * BINS_PER_S) : int(end_s * BINS_PER_S) + 1]
    figures: dict[str, float | None] = {
        "loudness_step_lu": round(levels.after(end_s) - levels.before(start_s), 2),
        "true_peak_dbtp": round(db_of_gain(float(peaks.max(initial=1e-9))), 2),
    }
    if heard is not None:
        figures["bass_both_share"] = round(heard.bass_both_share, 3)
        if len(heard.beat_errors_ms):
            figures["beat_error_ms"] = round(float(np.median(heard.beat_errors_ms)), 2)
            figures["beat_error_p95_ms"] = round(float(np.percentile(heard.beat_errors_ms, 95)), 2)
    return report.model_copy(update=figures)
