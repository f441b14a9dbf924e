"""Compare two performances: onsets, pitches, loudness over time."""

from __future__ import annotations

import numpy as np

from ...dsp.granular.performance import POWER_HOP, Floats, Matrix, Performance
from ...dsp.granular.score import Parts
from ...dsp.samples import SAMPLE_RATE

WITHIN_S = 0.05  # largest distance of matching onsets, as in MIREX
WITHIN_CENTS = 50.0
ENVELOPE_S = 0.05
"""Smoothing of loudness: two and a half periods of the lowest bass, about a tenth of a beat."""


def onset_agreement(base: Performance, other: Performance) -> float:
    """F measure of the onsets of two performances; 1 if neither has any."""
    a, b = base.onsets, other.onsets
    if not len(a) and not len(b):
        return 1.0
    return 2.0 * _matches(a / SAMPLE_RATE, b / SAMPLE_RATE) / (len(a) + len(b))


def pitch_agreement(base: Performance, other: Performance, parts: Parts) -> float | None:
    """Share of the base's frames (in chords: tones) whose pitch the other has, too.

    A missing pitch counts as a miss. None if the base has no pitch anywhere.
    """
    if parts == "hits":
        return None
    if parts == "chords":
        return _chord_agreement(base.tones, other.tones)
    away = np.abs(base.pitch - _as_long(other.pitch, len(base.pitch)))
    return _within(away[np.isfinite(base.pitch)])


def envelope_correlation(base: Performance, other: Performance) -> float | None:
    """Correlate the RMS over time (Pearson); None if one of the two is constant."""
    a, b = _envelope(base.power), _envelope(other.power)
    n = min(len(a), len(b))
    if n < 2 or not a[:n].std() or not b[:n].std():
        return None
    return float(np.corrcoef(a[:n], b[:n])[0, 1])


def _matches(a: Floats, b: Floats) -> int:
    """Count matching pairs of ascending onsets; each onset is in one pair at most."""
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
    """Cut or pad with NaN to ``n`` frames."""
    padded = np.full((n, *pitches.shape[1:]), np.nan, np.float32)
    padded[: len(pitches)] = pitches[:n]
    return padded


def _within(away: Matrix) -> float | None:
    """Return the share within tolerance; unknown counts as a miss."""
    return float((away <= WITHIN_CENTS).mean()) if len(away) else None


def _envelope(power: Matrix) -> Floats:
    width = round(ENVELOPE_S * SAMPLE_RATE / POWER_HOP)
    smoothed = np.convolve(power.astype(np.float64), np.full(width, 1.0 / width), "same")
    return np.asarray(np.sqrt(np.maximum(smoothed, 0.0)))
