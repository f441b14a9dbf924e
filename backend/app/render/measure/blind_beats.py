"""How far the beats of a join's two decks are apart, found without their beat grids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...analysis.rhythm.onsets import Floats
from .beat_offsets import PER_BEAT, Correlation, correlate_bars, correlate_overlap, offsets_of
from .deck_onsets import DeckOnsets

_DRIFTING = 0.3  # least correlation at which a drift is believed
_CLEAR = 0.04  # how much better an offset must be than that of the plan to be believed
_NEAR_BEATS = 0.125  # offsets this near belong to the same peak
_TOGETHER_BEATS = 0.02  # a peak this near to another is the same one, seen with a pixel's error


@dataclass(frozen=True, slots=True)
class BlindBeats:
    """The distance of two decks' beats, as measured in their sound.

    Attributes
    ----------
    apart_beats, apart_ms : where they are farthest apart in the overlap; positive if the incoming
        deck is late
    drift_ms : how far the incoming deck falls behind from the start of the overlap to its end
    coherence : how strongly the patterns of the two decks coincide at this distance, 0 to 1
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
    """
    overlap = correlate_overlap(*decks, beat_s=beat_s, beats_per_bar=beats_per_bar)
    if overlap.drift_beats and overlap.scores.max() >= _DRIFTING:
        return _drifting(overlap, beat_s, beats_per_bar)
    first, second = stretches
    drums, chords = correlate_bars(
        first.onsets,
        second.onsets,
        beats_s=(first.beat_s, second.beat_s),
        first_beats=(first.first_beat, second.first_beat),
        beats_per_bar=beats_per_bar,
    )
    total = (overlap.scores + drums.scores + chords.scores) / 3.0
    at = _peak(total, beats_per_bar)
    apart = _refined(overlap.scores, at, beats_per_bar)
    return BlindBeats(apart, 1000.0 * beat_s * apart, 0.0, max(float(total[at]), 0.0))


def _drifting(overlap: Correlation, beat_s: float, beats_per_bar: int) -> BlindBeats:
    """The distance at the end of the overlap where it is larger."""
    at = _peak(overlap.scores, beats_per_bar)
    middle, half = offsets_of(beats_per_bar)[at], overlap.drift_beats / 2.0
    worst = max(middle - half, middle + half, key=abs)
    drift_ms = 1000.0 * beat_s * overlap.drift_beats
    return BlindBeats(worst, 1000.0 * beat_s * worst, drift_ms, float(overlap.scores[at]))


def _peak(scores: Floats, beats_per_bar: int) -> int:
    """Index of the best offset; of those that are about as good, the nearest to 0."""
    offsets = np.abs(offsets_of(beats_per_bar))
    tops = scores >= np.maximum(np.roll(scores, 1), np.roll(scores, -1))
    good = np.flatnonzero(tops & (scores >= scores.max() - _CLEAR))
    nearest = good[offsets[good].argmin()]
    near = np.flatnonzero(np.abs(np.arange(len(scores)) - nearest) < _TOGETHER_BEATS * PER_BEAT)
    return int(near[scores[near].argmax()])


def _refined(scores: Floats, at: int, beats_per_bar: int) -> float:
    """The offset of the drums' own peak near index ``at``, between frames."""
    reach = round(_NEAR_BEATS * PER_BEAT)
    near = np.arange(at - reach, at + reach + 1) % len(scores)
    top = int(near[scores[near].argmax()])
    left, middle, right = (float(scores[(top + by) % len(scores)]) for by in (-1, 0, 1))
    offset = float(offsets_of(beats_per_bar)[top])
    if middle <= max(left, right) and middle < left + right - middle:  # no peak of its own
        return float(offsets_of(beats_per_bar)[at])
    bend = left - 2.0 * middle + right
    return offset + (0.5 * (left - right) / bend if bend else 0.0) / PER_BEAT
