"""Which level and which phase of the pulse is the beat: judged by what plays on it.

The pulse says where sounds begin; people tap where the kick and the snare take turns, at a pace
that suits them. Each candidate is judged by that evidence, summed with fixed weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

from .onsets import FRAME_RATE, Floats, Onsets, loud
from .pulse import Pulse

LEVELS = (0.5, 2 / 3, 0.75, 1.0, 4 / 3, 1.5, 2.0)
"""Beats in turns of the pulse: octaves, and what is mistaken for them where three meets four."""
SLOWEST_BPM, FASTEST_BPM = 50.0, 215.0
USUAL_BPM = 112.0
STRUCK = 0.3
WITHIN_BEAT = np.array([0.0, 1 / 4, 1 / 2, 3 / 4, 1 / 3, 2 / 3])
WEIGHTS = np.array([0.8, 0.35, 0.8, 0.8, 1.1, 1.0, 0.35, 0.4, 0.7, 0.2])
"""How much each term of :func:`evidence` counts, in its order: a tempo that suits people; the
kick on the beat and not between; the snare likewise; kick and snare taking turns from beat to
beat; no beat left out by both; what is played coming again a beat, two beats, a bar later; a level
an octave from the one whose tempo was tracked. Fitted
as a conditional logit on half of a corpus of composed songs in nine genres."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The pulse's turns ``offset + k * level`` as beats."""

    level: float
    offset: float


@dataclass(frozen=True, slots=True)
class Strikes:
    """How hard parts of the kit and everything together come in around each frame, 0 to 1."""

    kick: Floats
    snare: Floats
    hat: Floats
    accent: Floats


def strikes_of(onsets: Onsets) -> Strikes:
    """The loudest within 20 ms of each frame, relative to the loud ones of the track."""

    def scaled(part: Floats) -> Floats:
        peaks = maximum_filter1d(part, 5)
        return np.asarray(np.minimum(peaks / max(loud(peaks, 97.0), 1e-6), 1.0))

    return Strikes(*(scaled(p) for p in (onsets.kick, onsets.snare, onsets.hat, onsets.accent)))


def candidates(pulse: Pulse, period_s: float) -> list[Candidate]:
    """All levels at a danceable tempo with all phases that fall on the pulse's parts."""
    parts = (4,) if pulse.parts == 4 else (3, 2)
    found = []
    for level in LEVELS:
        if SLOWEST_BPM <= 60.0 / (period_s * level) <= FASTEST_BPM:
            grid = {k / n for n in parts for k in range(int(np.ceil(level * n)))}
            found += [Candidate(level, offset) for offset in sorted(grid) if offset < level - 0.01]
    return found


def beat_turns(pulse: Pulse, candidate: Candidate) -> Floats:
    """A candidate's beats, as turns of the pulse, from the start of the track to its end."""
    low, high = (pulse.turns[[0, -1]] - candidate.offset) / candidate.level
    return candidate.offset + candidate.level * np.arange(np.ceil(low), np.floor(high) + 1.0)


def find_beats(pulse: Pulse, strikes: Strikes) -> Floats:
    """The times of the beats, in seconds, from the start of the track to its end.

    They are as exact as the frames; :mod:`.grid` places them.
    """
    period_s = (len(pulse.turns) - 1) / FRAME_RATE / max(float(np.ptp(pulse.turns)), 1e-6)
    options = candidates(pulse, period_s)
    verdicts = [float(evidence(pulse, strikes, option) @ WEIGHTS) for option in options]
    return pulse.times_s(beat_turns(pulse, options[int(np.argmax(verdicts))]))


def evidence(pulse: Pulse, strikes: Strikes, candidate: Candidate) -> Floats:
    """What speaks for a candidate, in the order of ``WEIGHTS``; most terms lie within 0 to 1.

    Only where drums play are they asked who they are: a break says nothing about the backbeat.
    """
    beats = beat_turns(pulse, candidate)
    times_s = pulse.times_s(beats[:, None] + candidate.level * WITHIN_BEAT)
    period_s = float(np.median(np.diff(times_s[:, 0]))) if len(beats) > 1 else 1.0
    at = np.minimum(np.round(times_s * FRAME_RATE).astype(int), len(strikes.kick) - 1)
    groove = np.stack([strikes.kick[at], strikes.snare[at], 0.5 * strikes.hat[at]])
    groove = np.concatenate([groove, 0.5 * strikes.accent[at][None]])
    struck = groove[:2].max(axis=(0, 2)) > STRUCK
    nearby = np.ones(int(2.5 / period_s) | 1)
    drummed = np.convolve(struck, nearby, "same") > 0.25 * len(nearby)
    if drummed.sum() < 16:
        drummed[:] = True
    odd = (np.arange(len(beats)) % 2 == 1)[drummed]
    kick, snare, *_ = groove = groove[:, drummed]
    bars = groove.transpose(1, 0, 2).reshape(len(odd), -1)
    k, s = kick.mean(axis=0), snare.mean(axis=0)
    # A beat taken for every third of a faster one has both of its thirds struck as hard.
    kick_between, snare_between = (max(x[2], min(x[4], x[5])) for x in (k, s))
    return np.array(
        [
            -(np.log2(60.0 / period_s / USUAL_BPM) ** 2),
            k[0] - kick_between,
            k[0] - 0.5 * (k[1] + k[3]),
            s[0] - snare_between,
            _contrast(snare[:, 0] - kick[:, 0], odd),
            -_contrast(np.maximum(snare, kick)[:, 0], odd),
            _repeats(bars, 1),
            _repeats(bars, 2),
            max(_repeats(bars, 3), _repeats(bars, 4)),
            -float(np.log2(candidate.level) % 1.0 > 0.0),
        ]
    )


def _contrast(values: Floats, odd: npt.NDArray[np.bool_]) -> float:
    """How far the means of every other value and of the rest lie apart."""
    if odd.all() or not odd.any():
        return 0.0
    return abs(float(values[odd].mean() - values[~odd].mean()))


def _repeats(groove: Floats, lag: int) -> float:
    """How alike beats are to those ``lag`` later, against how alike any two are: 0 to 1."""
    if len(groove) <= 2 * lag:
        return 0.0
    apart = np.square(groove[lag:] - groove[:-lag]).sum(axis=1).mean()
    spread = 2.0 * groove.var(axis=0).sum()
    return float(1.0 - apart / max(spread, 1e-6))
