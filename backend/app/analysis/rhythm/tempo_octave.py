"""Decide the tempo octave (174 or 87 BPM) and the phase of the beat.

The pulse gives the tempo up to an octave. People tap where kick and snare alternate, at a
comfortable tempo. Each candidate level and phase is scored by such evidence, with fixed weights.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

from .onsets import FRAME_RATE, Floats, Onsets, loud
from .pulse import Pulse

LEVELS = (0.5, 2 / 3, 0.75, 1.0, 4 / 3, 1.5, 2.0)
"""Candidate beat lengths, in turns of the pulse: octaves, and ratios of 3 to 4 mistaken for them.
"""
SLOWEST_BPM, FASTEST_BPM = 50.0, 240.0
USUAL_BPM = 112.0
SAME_BEATS = 0.01  # turns of the pulse
STRUCK = 0.3  # in music with drums, a beat's kick or snare has at least this strength
LEAST_OVER_THIRDS = 0.2
"""Least lead of beats over those a third of a beat later. Across a straight rhythm, with three
strokes on every two beats, it is under 0.1, since all three phases fit the same."""
WITHIN_BEAT = np.array([0.0, 1 / 4, 1 / 2, 3 / 4, 1 / 3, 2 / 3])
WEIGHTS = np.array([0.8, 0.35, 0.8, 0.8, 1.1, 1.0, 0.35, 0.4, 0.7, 0.2])
"""Weight of each term of :func:`evidence`, in its order. Fitted as a conditional logit on half of a
corpus of composed songs in nine genres."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hypothesis about the beats: the pulse's turns ``offset + k * level``."""

    level: float
    offset: float

    @property
    def half_a_beat_later(self) -> Candidate:
        """The same tempo, with the beats on the present off-beats."""
        return self.later(0.5)

    @property
    def twice_as_fast(self) -> Candidate:
        """These beats, and those halfway between them."""
        return Candidate(self.level / 2.0, self.offset % (self.level / 2.0))

    def later(self, share: float) -> Candidate:
        """The same tempo, with the beats later by a share of a beat."""
        return Candidate(self.level, (self.offset + share * self.level) % self.level)

    def is_at(self, other: Candidate) -> bool:
        """Whether both name the same beats."""
        apart = abs(self.offset - other.offset)
        return self.level == other.level and min(apart, self.level - apart) < SAME_BEATS


@dataclass(frozen=True, slots=True)
class RatedBeat:
    """The candidate with the most evidence, and its lead over beats half a beat later."""

    beat: Candidate
    over_half_later: float


def relative_onsets(onsets: Onsets) -> Onsets:
    """The largest onset within 20 ms of each frame, relative to the track's strong ones.

    The results lie within 0 to 1.
    """

    def relative(part: Floats) -> Floats:
        peaks = maximum_filter1d(part, 5)
        return np.asarray(np.minimum(peaks / max(loud(peaks, 97.0), 1e-6), 1.0))

    return Onsets(*(relative(getattr(onsets, field.name)) for field in fields(Onsets)))


def candidates(pulse: Pulse, period_s: float) -> list[Candidate]:
    """List all levels within the tempo limits, with all phases on the pulse's subdivisions."""
    parts = (4,) if pulse.parts == 4 else (3, 2)
    found = []
    for level in LEVELS:
        if SLOWEST_BPM <= 60.0 / (period_s * level) <= FASTEST_BPM:
            grid = {k / n for n in parts for k in range(int(np.ceil(level * n)))}
            found += [Candidate(level, offset) for offset in sorted(grid) if offset < level - 0.01]
    return found


def beat_turns(pulse: Pulse, candidate: Candidate) -> Floats:
    """Return a candidate's beats over the whole track, in turns of the pulse."""
    low, high = (pulse.turns[[0, -1]] - candidate.offset) / candidate.level
    return candidate.offset + candidate.level * np.arange(np.ceil(low), np.floor(high) + 1.0)


def find_beats(pulse: Pulse, onsets: Onsets) -> RatedBeat:
    """Find the level and phase of the beats, from :func:`relative_onsets`."""
    period_s = (len(pulse.turns) - 1) / FRAME_RATE / max(float(np.ptp(pulse.turns)), 1e-6)
    options = candidates(pulse, period_s)
    scores = {one: float(evidence(pulse, onsets, one) @ WEIGHTS) for one in options}
    ranked = sorted(options, key=lambda one: -scores[one])
    best = next((one for one in ranked if not is_across(one, scores)), ranked[0])
    later = best.half_a_beat_later
    at_half = next((one for one in ranked if one.is_at(later)), None)
    if at_half is None:  # halves of triplets are no candidates
        scores[later] = float(evidence(pulse, onsets, later) @ WEIGHTS)
        at_half = later
    return RatedBeat(beat=best, over_half_later=scores[best] - scores[at_half])


def is_across(candidate: Candidate, scores: dict[Candidate, float]) -> bool:
    """Whether a candidate lies across a straight rhythm: three strokes on every two of its beats.

    Kicks and the hats between them then fall on its beats by turns, like kick and snare, and just
    so on those a third of a beat later. Only levels other than octaves of the pulse can lie so.
    """
    if np.log2(candidate.level) % 1.0 == 0.0:
        return False
    thirds = [candidate.later(1 / 3), candidate.later(2 / 3)]
    rivals = [scores[one] for one in scores if any(one.is_at(third) for third in thirds)]
    return bool(rivals) and scores[candidate] - max(rivals) < LEAST_OVER_THIRDS


def beat_times_s(pulse: Pulse, candidate: Candidate) -> Floats:
    """A candidate's beats in seconds, exact to a frame; :mod:`.beat_grid` refines them."""
    return pulse.times_s(beat_turns(pulse, candidate))


def evidence(pulse: Pulse, onsets: Onsets, candidate: Candidate) -> Floats:
    """Compute the terms that ``WEIGHTS`` weighs; most lie within 0 to 1.

    In order: a usual tempo; kick on the beat and not between (2 terms); snare likewise; kick and
    snare alternating from beat to beat; no beat without both; the groove repeating after a beat,
    two beats, a bar; an octave of the tracked tempo. Beats without drums are left out: a break has
    no backbeat.
    """
    beats = beat_turns(pulse, candidate)
    times_s = pulse.times_s(beats[:, None] + candidate.level * WITHIN_BEAT)
    period_s = float(np.median(np.diff(times_s[:, 0]))) if len(beats) > 1 else 1.0
    at = np.minimum(np.round(times_s * FRAME_RATE).astype(int), len(onsets.kick) - 1)
    groove = np.stack([onsets.kick[at], onsets.snare[at], 0.5 * onsets.hat[at]])
    groove = np.concatenate([groove, 0.5 * onsets.accent[at][None]])
    struck = groove[:2].max(axis=(0, 2)) > STRUCK
    nearby = np.ones(int(2.5 / period_s) | 1)
    drummed = np.convolve(struck, nearby, "same") > 0.25 * len(nearby)
    if drummed.sum() < 16:
        drummed[:] = True
    odd = (np.arange(len(beats)) % 2 == 1)[drummed]
    kick, snare, *_ = groove = groove[:, drummed]
    bars = groove.transpose(1, 0, 2).reshape(len(odd), -1)
    k, s = kick.mean(axis=0), snare.mean(axis=0)
    # If the true beat is three times as fast, both thirds are as strong as the beat.
    kick_between, snare_between = (max(x[2], min(x[4], x[5])) for x in (k, s))
    return np.array(
        [
            -(np.log2(60.0 / period_s / USUAL_BPM) ** 2),
            k[0] - kick_between,
            k[0] - 0.5 * (k[1] + k[3]),
            s[0] - snare_between,
            _contrast(snare[:, 0] - kick[:, 0], odd),
            -_contrast(np.maximum(snare, kick)[:, 0], odd),
            repetition(bars, 1),
            repetition(bars, 2),
            max(repetition(bars, 3), repetition(bars, 4)),
            -float(np.log2(candidate.level) % 1.0 > 0.0),
        ]
    )


def _contrast(values: Floats, odd: npt.NDArray[np.bool_]) -> float:
    """Distance between the means of odd and even beats."""
    if odd.all() or not odd.any():
        return 0.0
    return abs(float(values[odd].mean() - values[~odd].mean()))


def repetition(rows: Floats, lag: int) -> float:
    """Compare rows with those ``lag`` later, relative to any two rows.

    1 for an exact repeat.
    """
    if len(rows) <= 2 * lag:
        return 0.0
    apart = np.square(rows[lag:] - rows[:-lag]).sum(axis=1).mean()
    spread = 2.0 * rows.var(axis=0).sum()
    return float(1.0 - apart / max(spread, 1e-6))
