"""How far the beats of a join's two decks are apart, found without their beat grids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...analysis.rhythm.onsets import Floats
from .beat_offsets import PER_BEAT, Correlation, correlate_bars, correlate_overlap, offsets_of
from .deck_onsets import DeckOnsets

_DRIFTING = 0.3  # least correlation at which a drift is believed
_CHORDS = 0.5  # weight of chord changes: in real music they often anticipate the bar
_HALF_CLEAR, _BAR_CLEAR = 0.05, 0.08
"""How much better another part of a beat, or another beat, must be than the plan's to be believed.
``docs/mixing.md`` has the figures of right grids."""
_NEAR_BEATS = 0.125  # offsets this near to the plan's belong to the same peak
_PEAK_BEATS = 0.08  # the distance from the chosen offset at which the exact peak is looked for


@dataclass(frozen=True, slots=True)
class BlindBeats:
    """The distance of two decks' beats, as measured in their sound.

    Attributes
    ----------
    apart_beats, apart_ms : where they are farthest apart in the overlap; positive if the incoming
        deck is late
    drift_ms : how far the incoming deck falls behind from the start of the overlap to its end
    coherence : how strongly the patterns of the two decks coincide at this distance, 0 to 1; low
        if they coincide as well at another part of a beat
    """

    apart_beats: float
    apart_ms: float
    drift_ms: float
    coherence: float


@dataclass(frozen=True, slots=True)
class DeckStretch:
    """A deck's onsets in a longer stretch at the track's own tempo.

    ``beat_s`` is the length of a beat there; the stretch begins ``first_beat`` beats after the
    join does.
    """

    onsets: DeckOnsets
    beat_s: float
    first_beat: float


def compare_beats(
    decks: tuple[DeckOnsets, DeckOnsets],
    stretches: tuple[DeckStretch, DeckStretch],
    *,
    beat_s: float,
    beats_per_bar: int,
    same_tempo: bool = True,
) -> BlindBeats:
    """Find the offset at which two decks' patterns coincide best.

    Three patterns are compared: the drums in the overlap; the average bar of drums in a longer
    stretch, since in an intro or outro drums may be missing; and its chord changes, which tell the
    first beat of a bar from the others.

    Parameters
    ----------
    decks : outgoing and incoming, as they sound in the overlap
    stretches : the same decks, with the outgoing track's bars before and the incoming one's after
    beat_s : length of a beat in the overlap
    same_tempo : False if one track plays in double time: then any beat may be the first
    """
    overlap = correlate_overlap(*decks, beat_s=beat_s, beats_per_bar=beats_per_bar)
    if overlap.drift_beats and overlap.scores.max() >= _DRIFTING:
        return _drifting(overlap, beat_s, beats_per_bar)
    first, second = stretches
    bars = correlate_bars(
        first.onsets,
        second.onsets,
        beats_s=(first.beat_s, second.beat_s),
        first_beats=(first.first_beat, second.first_beat),
        beats_per_bar=beats_per_bar,
    )
    total = overlap.scores + bars.drums + _CHORDS * bars.chords
    found = _choose(bars.beat, total / (2.0 + _CHORDS), beats_per_bar, any_beat=same_tempo)
    apart = _refined(overlap.scores + bars.drums, found.at, beats_per_bar)
    return BlindBeats(apart, 1000.0 * beat_s * apart, 0.0, found.coherence)


@dataclass(frozen=True, slots=True)
class _Found:
    """Index of the chosen offset, and the patterns' coherence there."""

    at: int
    coherence: float


def _choose(beat: Floats, total: Floats, beats_per_bar: int, *, any_beat: bool) -> _Found:
    """Choose between the plan's part of a beat and the best other one.

    Another part is believed if the drums and all patterns together coincide better there. If they
    do not agree, or hardly differ, the coherence is low.
    """
    near = round(_NEAR_BEATS * PER_BEAT)
    steps = np.arange(PER_BEAT) - PER_BEAT // 2
    scores = np.roll(beat, PER_BEAT // 2)
    is_near = np.abs(steps) <= near
    parts = [int(steps[mask][scores[mask].argmax()]) for mask in (is_near, ~is_near)]
    planned, other = (_nearest_beat(total, part, beats_per_bar, any_beat) for part in parts)
    lead = float(beat[parts[0]] - beat[parts[1]])
    at = planned
    if lead < -_HALF_CLEAR and total[other] > total[planned]:
        at, lead = other, -lead
    clear = min(max(lead / (2.0 * _HALF_CLEAR), 0.0), 1.0)
    return _Found(at, clear * max(float(total[at]), 0.0))


def _drifting(overlap: Correlation, beat_s: float, beats_per_bar: int) -> BlindBeats:
    """The distance at the end of the overlap where it is larger."""
    at = int(overlap.scores.argmax())
    middle, half = offsets_of(beats_per_bar)[at], overlap.drift_beats / 2.0
    worst = max(middle - half, middle + half, key=abs)
    drift_ms = 1000.0 * beat_s * overlap.drift_beats
    return BlindBeats(worst, 1000.0 * beat_s * worst, drift_ms, float(overlap.scores[at]))


def _nearest_beat(scores: Floats, part: int, beats_per_bar: int, any_beat: bool) -> int:
    """Choose among offsets that are whole beats apart: the best one, or else the plan's.

    ``part`` is their part of a beat; of two halves the one nearer to the plan comes first.
    """
    zero = len(scores) // 2
    shifts = sorted(
        range(-beats_per_bar, beats_per_bar + 1), key=lambda k: abs(k * PER_BEAT + part)
    )
    places = [(zero + shift * PER_BEAT + part) % len(scores) for shift in shifts]
    if not any_beat:
        return places[0]
    best = max(places, key=lambda place: float(scores[place]))
    return next(p for p in places if scores[p] >= scores[best] - _BAR_CLEAR)


def _refined(scores: Floats, at: int, beats_per_bar: int) -> float:
    """The offset of the peak near index ``at``, between two frames; that of ``at`` without one."""
    offset = float(offsets_of(beats_per_bar)[at])
    reach = round(_PEAK_BEATS * PER_BEAT)
    steps = np.arange(-reach, reach + 1)
    near = scores[(at + steps) % len(scores)]
    top = int(near.argmax())
    if not 0 < top < len(near) - 1:
        return offset
    left, middle, right = (float(value) for value in near[top - 1 : top + 2])
    bend = left - 2.0 * middle + right
    return offset + (float(steps[top]) + (0.5 * (left - right) / bend if bend else 0.0)) / PER_BEAT
