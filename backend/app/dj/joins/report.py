"""Report a planned join: figures computed from the plan."""

from __future__ import annotations

import numpy as np

from ...contract.dj import TransitionReport
from ...dsp.samples import SAMPLE_RATE, seconds
from ..deck import Times
from ..timeline import Clip, Timeline
from .candidates import MATCHED, OVERLAPPING
from .choose import Choice
from .explanations import fallback_step, fallbacks_of

_ALIGNED_S = 0.035  # two attacks closer than this sound like one, slightly soft hit

_AUDIBLE = 0.5  # a bass of which less than half is filtered away is audible


def report_of(
    index: int, choice: Choice, timeline: Timeline, step_lu: float, overlay: str | None
) -> TransitionReport:
    """Report a join as planned; measurements of the rendered mix are added later.

    ``step_lu`` is the forecast loudness after the join less that before it; ``overlay`` is the
    reason for the sound over the join.
    """
    candidate, facts = choice.candidate, choice.facts
    join = timeline.transitions[index]
    outgoing, incoming = timeline.clips[join.outgoing], timeline.clips[join.incoming]
    out, into = choice.pair.out_grid, choice.pair.in_grid
    matched = candidate.kind in MATCHED
    beats_apart = downbeats_apart = np.zeros(0)
    if matched and out and into:
        beats_apart = _distances_s(out.beats_s, into.beats_s, outgoing, incoming)
        downbeats_apart = _distances_s(out.bars_s, into.bars_s, outgoing, incoming)
    aligned = len(downbeats_apart) > 0 and bool((downbeats_apart < _ALIGNED_S).all())
    in_phrase = facts.out_on_phrase is not None and facts.in_on_phrase is not None
    return TransitionReport(
        outgoing=outgoing.track_id,
        incoming=incoming.track_id,
        kind=candidate.kind,
        step=fallback_step(candidate.kind),
        ladder=fallbacks_of(choice),
        proposed_by=choice.by,
        reason=join.reason,
        start_s=seconds(join.start),
        end_s=seconds(join.end),
        bars=candidate.bars,
        on_phrase=bool(facts.out_on_phrase and facts.in_on_phrase) if in_phrase else None,
        downbeats_aligned=aligned if matched else None,
        planned_beat_error_ms=_median_ms(beats_apart),
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
        overlay=overlay,
    )


def _distances_s(out_s: Times, in_s: Times, outgoing: Clip, incoming: Clip) -> Times:
    """Distances in seconds from each beat of the sparser track to the other's nearest beat."""
    in_outgoing = times_where_both_sound(out_s, outgoing, incoming)
    in_incoming = times_where_both_sound(in_s, incoming, outgoing)
    sparse, dense = sorted((in_outgoing, in_incoming), key=len)
    if not len(sparse):
        return np.zeros(0)
    apart: Times = np.abs(sparse[:, None] - dense[None, :]).min(axis=1)
    return apart


def times_where_both_sound(times_s: Times, clip: Clip, other: Clip) -> Times:
    """Times of a clip's track within the overlap, in seconds of the mix."""
    at = np.unique(clip.mixes_at(times_s * SAMPLE_RATE))  # a tempo map has all earlier ones at 0
    start, end = max(clip.start, other.start), min(clip.end, other.end)
    inside: Times = at[(at >= start - 1) & (at <= end + 1)] / SAMPLE_RATE
    return inside


def _both_basses(outgoing: Clip, incoming: Clip) -> float:
    """Share of the overlap in which both basses are audible."""
    at = np.linspace(incoming.start, outgoing.end, 200)
    both = (_bass_share(outgoing, at) < _AUDIBLE) & (_bass_share(incoming, at) < _AUDIBLE)
    return round(float(both.mean()), 3)


def _bass_share(clip: Clip, at: Times) -> Times:
    """Share of a clip's bass that is filtered away, at samples of the mix."""
    taken = np.zeros(len(at))
    for effect in clip.effects:
        if effect.kind in ("low_shelf", "high_pass"):
            taken = np.maximum(taken, effect.share_at(at))
    for stems in clip.stem_faders:
        taken = np.maximum(taken, (1.0 - stems.gain_at("bass", at)) * stems.covers(at))
    return taken


def _median_ms(errors_s: Times) -> float | None:
    return round(1000.0 * float(np.median(errors_s)), 2) if len(errors_s) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
