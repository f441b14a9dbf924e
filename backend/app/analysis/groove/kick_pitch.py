"""Measure the pitch of a kick's body."""

from __future__ import annotations

import numpy as np

from ..feature_rows import RowSource
from ..mid_side import ANALYSIS_RATE
from ..rhythm.onsets import LOWEST_MIDI, TONE_RATE, TONE_WINDOW, Floats

HIGHEST_HZ = 120.0  # bodies of kicks lie between 40 and 100 Hz; above are toms
_N = round(12 * np.log2(HIGHEST_HZ / 440.0) + 69 - LOWEST_MIDI) + 1  # semitones up to there
_HZ = 440.0 * 2.0 ** ((np.arange(_N) + LOWEST_MIDI - 69) / 12.0)
_AFTER_S = 0.1
"""Middle of the first window after the kick. The window begins 7 ms after it,
so that most of the fall in pitch at its start, which lasts 30 to 50 ms, is left out."""
_BEFORE_S = TONE_WINDOW / ANALYSIS_RATE / 2.0  # a window that ends where the kick begins
_BIN_HZ = ANALYSIS_RATE / TONE_WINDOW
_LEAST_KICKS = 8
_CLEAR = 0.35  # least share of the rise within two bins of the pitch


def kick_pitch_hz(semitones: RowSource, kicks_s: Floats) -> float | None:
    """Find the pitch that rises with the kicks, to about 2 Hz; None if it is not clear.

    Spectra before the kicks are taken off those after them, so that a bass that plays on cancels.
    """
    after = np.ceil((kicks_s + _AFTER_S) * TONE_RATE).astype(int)
    before = np.floor((kicks_s - _BEFORE_S) * TONE_RATE).astype(int)
    inside = (before >= 0) & (after < len(semitones))
    if inside.sum() < _LEAST_KICKS:
        return None
    first, last = int(before[inside].min()), int(after[inside].max()) + 1
    powers = np.square(semitones[first:last][:, :_N].astype(np.float64))
    rise = np.maximum(
        (powers[after[inside] - first] - powers[before[inside] - first]).mean(axis=0), 0.0
    )
    best = int(rise.argmax())
    near = np.abs(_HZ - _HZ[best]) <= 2.0 * _BIN_HZ
    if not rise[best] or best in (0, _N - 1) or rise[near].sum() < _CLEAR * rise.sum():
        return None
    return round(float(rise[near] @ _HZ[near] / rise[near].sum()), 1)
