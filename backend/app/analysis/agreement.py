"""How near one performance comes to another: its onsets, its pitches, its loudness."""

from __future__ import annotations

import numpy as np

from ..dsp.performance import POWER_HOP, Floats, Matrix, Performance
from ..dsp.samples import SAMPLE_RATE
from ..dsp.score import Parts

WITHIN_S = 0.05
"""Two onsets are one within this, as MIREX has it."""
WITHIN_CENTS = 50.0
ENVELOPE_S = 0.05
"""Loudness is compared over this: two and a half periods of the lowest bass, a third of a beat."""


def onset_agreement(base: Performance, other: Performance) -> float:
    """The F measure of the onsets; 1 where there are none in either."""
    a, b = base.onsets, other.onsets
    if not len(a) and not len(b):
        return 1.0
    return 2.0 * _matches(a / SAMPLE_RATE, b / SAMPLE_RATE) / (len(a) + len(b))


def pitch_agreement(base: Performance, other: Performance, parts: Parts) -> float | None:
    """Of the frames in which the base has a pitch, how many have it in the other, too.

    Of chords: of the tones that are heard in the base. What is not heard in the other at all is a
    miss; None where the base has no pitch anywhere.
    """
    if parts == "hits":
        return None
    if parts == "chords":
        return _chord_agreement(base.tones, other.tones)
    away = np.abs(base.pitch - _as_long(other.pitch, len(base.pitch)))
    return _within(away[np.isfinite(base.pitch)])


def envelope_correlation(base: Performance, other: Performance) -> float | None:
    """Pearson's correlation of their RMS over time; None where one of them does not change."""
    a, b = _envelope(base.power), _envelope(other.power)
    n = min(len(a), len(b))
    if n < 2 or not a[:n].std() or not b[:n].std():
        return None
    return float(np.corrcoef(a[:n], b[:n])[0, 1])


def _matches(a: Floats, b: Floats) -> int:
    """The most pairs within reach, each onset in one at most; both ascend."""
    first, second, found = 0, 0, 0
    while first < len(a) and second < len(b):
        away = a[first] - b[second]
        found += abs(away) <= WITHIN_S
        first += away <= WITHIN_S
        second += away >= -WITHIN_S
    return found


def _chord_agreement(base: Matrix, other: Matrix) -> float | None:
    away = np.abs(base[:, :, None] - _as_long(other, len(base))[:, None, :])
    nearest = np.where(np.isfinite(away), away, np.inf).min(axis=2)
    return _within(nearest[np.isfinite(base)])


def _as_long(pitches: Matrix, n: int) -> Matrix:
    """As many frames as that; none has a pitch where there was none to be heard."""
    told = np.full((n, *pitches.shape[1:]), np.nan, np.float32)
    told[: len(pitches)] = pitches[:n]
    return told


def _within(away: Matrix) -> float | None:
    """The share that is near enough; what is not known is not."""
    return float((away <= WITHIN_CENTS).mean()) if len(away) else None


def _envelope(power: Matrix) -> Floats:
    width = round(ENVELOPE_S * SAMPLE_RATE / POWER_HOP)
    smoothed = np.convolve(power.astype(np.float64), np.full(width, 1.0 / width), "same")
    return np.asarray(np.sqrt(np.maximum(smoothed, 0.0)))
