"""What was decided for a join, in figures taken from the plan."""

from __future__ import annotations

import numpy as np

from ..contract.dj import TransitionReport
from ..dsp.samples import SAMPLE_RATE, seconds
from .candidates import MATCHED, OVERLAPPING
from .choose import Choice
from .deck import Times
from .ladder import ladder_of, step_of
from .timeline import Clip, Timeline

_ON_EACH_OTHER_S = 0.035
"""Two attacks closer than this are heard as one hit that is a little soft."""

_OPEN = 0.5  # a bass that is less than half filtered is heard


def report_of(index: int, choice: Choice, timeline: Timeline, step_lu: float) -> TransitionReport:
    """The report of a join as planned; what is heard in the rendered mix is filled in later.

    ``step_lu`` is the forecast of the loudness after the join less that before it.
    """
    candidate, facts = choice.scored.candidate, choice.scored.facts
    join = timeline.transitions[index]
    outgoing, incoming = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    matched = candidate.kind in MATCHED
    errors_s = beat_errors_s(choice, outgoing, incoming) if matched else np.zeros(0)
    in_phrase = facts.out_on_phrase is not None and facts.in_on_phrase is not None
    return TransitionReport(
        outgoing=outgoing.track_id,
        incoming=incoming.track_id,
        kind=candidate.kind,
        step=step_of(candidate.kind),
        ladder=ladder_of(choice),
        proposed_by=choice.by,
        reason=join.reason,
        start_s=seconds(join.start),
        end_s=seconds(join.end),
        bars=candidate.bars,
        on_phrase=bool(facts.out_on_phrase and facts.in_on_phrase) if in_phrase else None,
        downbeats_aligned=_downbeats_meet(choice, outgoing, incoming) if matched else None,
        planned_beat_error_ms=_median_ms(errors_s),
        beat_error_ms=None,
        beat_error_p95_ms=None,
        tempo_change_percent=_rounded(facts.stretch_percent),
        pitch_semitones=candidate.pitch_semitones,
        key_distance=facts.key_distance,
        loudness_step_lu=_rounded(step_lu),
        bass_both_share=_both_basses(outgoing, incoming) if matched else None,
        vocal_overlap_s=round(facts.vocal_overlap_s, 2) if candidate.kind in OVERLAPPING else None,
        trimmed_s=(round(facts.trimmed_out_s, 2), round(facts.trimmed_in_s, 2)),
        true_peak_dbtp=None,
    )


def beat_errors_s(choice: Choice, outgoing: Clip, incoming: Clip) -> Times:
    """How far each beat of the sparser track lies from the other's nearest, in the overlap."""
    out, into = choice.couple.out_grid, choice.couple.in_grid
    if out is None or into is None:
        return np.zeros(0)
    theirs = times_where_both_sound(out.beats_s, outgoing, incoming)
    return _distances(theirs, times_where_both_sound(into.beats_s, incoming, outgoing))


def _downbeats_meet(choice: Choice, outgoing: Clip, incoming: Clip) -> bool:
    """Whether each downbeat of the track with fewer of them falls on one of the other."""
    out, into = choice.couple.out_grid, choice.couple.in_grid
    if out is None or into is None:
        return False
    theirs = times_where_both_sound(out.bars_s, outgoing, incoming)
    apart = _distances(theirs, times_where_both_sound(into.bars_s, incoming, outgoing))
    return len(apart) > 0 and bool((apart < _ON_EACH_OTHER_S).all())


def times_where_both_sound(times_s: Times, clip: Clip, other: Clip) -> Times:
    """Those times of a clip's track at which both clips sound, in seconds of the mix."""
    at = clip.mixes_at(times_s * SAMPLE_RATE)
    start, end = max(clip.start, other.start), min(clip.end, other.end)
    inside: Times = at[(at >= start - 1) & (at <= end + 1)] / SAMPLE_RATE
    return inside


def _distances(some: Times, others: Times) -> Times:
    """From each of the fewer to the nearest of the more."""
    sparse, dense = sorted((some, others), key=len)
    if not len(sparse):
        return np.zeros(0)
    apart: Times = np.abs(sparse[:, None] - dense[None, :]).min(axis=1)
    return apart


def _both_basses(outgoing: Clip, incoming: Clip) -> float:
    """The share of the overlap in which neither bass is filtered away."""
    at = np.linspace(incoming.start, outgoing.end, 200)
    both = (_bass_share(outgoing, at) < _OPEN) & (_bass_share(incoming, at) < _OPEN)
    return round(float(both.mean()), 3)


def _bass_share(clip: Clip, at: Times) -> Times:
    """How much of a clip's bass is filtered away at samples of the mix."""
    taken = np.zeros(len(at))
    for effect in clip.effects:
        if effect.kind in ("low_shelf", "high_pass"):
            where, shares = zip(*effect.shares, strict=True)
            inside = (at >= effect.start) & (at < effect.end)
            taken = np.maximum(taken, np.interp(at, where, shares) * inside)
    for stems in clip.stem_faders:
        where, gains = zip(*dict(stems.faders)["bass"], strict=True)
        inside = (at >= stems.start) & (at < stems.end)
        taken = np.maximum(taken, (1.0 - np.interp(at, where, gains)) * inside)
    return taken


def _median_ms(errors_s: Times) -> float | None:
    return round(1000.0 * float(np.median(errors_s)), 2) if len(errors_s) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
