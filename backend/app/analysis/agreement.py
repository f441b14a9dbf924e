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
    """Of the frames in which both have a pitch, how many have the same; None where there are none.

    Of chords: of the tones that are heard in the base, how many are heard in the other.
    """
    if parts == "hits":
        return None
    if parts == "chords":
        return _chord_agreement(base.tones, other.tones)
    n = min(len(base.pitch), len(other.pitch))
    away = np.abs(base.pitch[:n] - other.pitch[:n])
    away = away[np.isfinite(away)]
    return float((away <= WITHIN_CENTS).mean()) if len(away) else None


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
    n = min(len(base), len(other))
    both = np.isfinite(base[:n, 0]) & np.isfinite(other[:n, 0])
    if not both.any():
        return None
    away = np.abs(base[:n][both][:, :, None] - other[:n][both][:, None, :])
    nearest = np.where(np.isfinite(away), away, np.inf).min(axis=2)
    told = np.isfinite(base[:n][both])
    return float((nearest[told] <= WITHIN_CENTS).mean())


def _envelope(power: Matrix) -> Floats:
    width = round(ENVELOPE_S * SAMPLE_RATE / POWER_HOP)
    smoothed = np.convolve(power.astype(np.float64), np.full(width, 1.0 / width), "same")
    return np.asarray(np.sqrt(np.maximum(smoothed, 0.0)))
