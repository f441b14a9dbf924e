"""Measure exactly where attacks are, near their expected positions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...dsp.channels import fold_down
from ...dsp.samples import SAMPLE_RATE, Samples

Times = npt.NDArray[np.float64]

REACH_S = 0.045  # an attack may deviate this far; a sixteenth at 174 BPM lasts 86 ms

_HOP = SAMPLE_RATE // 1000  # 1 ms
ATTACK_MS = 4  # the sound before and after is compared over 4 ms, in which a drum rises
_CLEAR = 0.7  # least rise that counts as an attack, in nepers: 6 dB


def attacks_near(sound: Samples, expected: Times) -> Times:
    """Find the steepest rise of the sound near each expected position.

    Parameters
    ----------
    sound : float32, shape (2, n), 44.1 kHz
    expected : positions in samples of ``sound``

    Returns
    -------
    The attacks in samples; NaN if there is no clear one within ``REACH_S``. Each attack is late by
    the sound's own rise time, a few milliseconds.
    """
    rise = _rises(sound)
    reach = round(REACH_S * SAMPLE_RATE / _HOP)
    found = np.full(len(expected), np.nan)
    for index, at in enumerate(expected / _HOP):
        first = max(round(float(at)) - reach, 0)
        window = rise[first : round(float(at)) + reach + 1]
        if len(window) < 3:
            continue
        peak = int(window.argmax())
        if window[peak] >= _CLEAR and 0 < peak < len(window) - 1:
            found[index] = (first + peak + _vertex(window[peak - 1 : peak + 2])) * _HOP
    return found


def _rises(sound: Samples) -> Times:
    """Measure how much louder the 4 ms after each hop are than those before, in nepers.

    The signal's first difference is measured, since it emphasises highs, in which attacks are
    steepest.
    """
    edges = np.diff(fold_down(sound), prepend=np.float32(0.0))
    whole = len(edges) // _HOP * _HOP
    power = (edges[:whole].astype(np.float64) ** 2).reshape(-1, _HOP).sum(axis=1)
    before, after = sums_around(power, ATTACK_MS, ATTACK_MS)
    floor = 1e-7 * max(float(np.append(0.0, power).cumsum()[-1]), 1e-12)
    return np.asarray(0.5 * np.log((after + floor) / (before + floor)))


def sums_around(rows: npt.NDArray[np.floating], before: int, after: int) -> tuple[Times, Times]:
    """Sum the ``before`` rows before and the ``after`` rows after each row.

    Fewer are summed at the ends.
    """
    sums = np.zeros((len(rows) + 1, *rows.shape[1:]))
    np.cumsum(rows, axis=0, dtype=np.float64, out=sums[1:])
    here = np.arange(len(rows))
    start, end = np.maximum(here - before, 0), np.minimum(here + after, len(rows))
    return sums[here] - sums[start], sums[end] - sums[here]


def _vertex(three: Times) -> float:
    """Return the vertex of a parabola through three points, relative to the middle point."""
    bend = float(three[0] - 2.0 * three[1] + three[2])
    return 0.5 * float(three[0] - three[2]) / bend if bend else 0.0
