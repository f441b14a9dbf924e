"""Where a sound really strikes near the places where it should."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..dsp.samples import SAMPLE_RATE, Samples

Times = npt.NDArray[np.float64]

REACH_S = 0.045
"""Further off than this it is another hit: a sixteenth at 174 BPM lasts 86 ms."""

_HOP = SAMPLE_RATE // 1000  # 1 ms
_SPAN = 4  # hops before and after: a drum rises within 4 ms
_CLEAR = 0.7  # the loudness of a hit rises by 6 dB at least, as a natural logarithm


def attacks_near(sound: Samples, expected: Times) -> Times:
    """The steepest rise of the sound near each expected place.

    Parameters
    ----------
    sound : float32, shape (2, n), 44.1 kHz
    expected : places in samples of ``sound``

    Returns
    -------
    The attacks in samples; NaN where nothing strikes clearly within ``REACH_S``. Attacks of one
    sound are all off by the same few milliseconds of its own rise.
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
    """How much louder the 4 ms after each hop are than those before, as a natural logarithm.

    Of the difference from sample to sample: a hit is told by its highs, which start at once.
    """
    edges = np.diff(sound.mean(axis=0), prepend=np.float32(0.0))
    whole = len(edges) // _HOP * _HOP
    power = (edges[:whole].astype(np.float64) ** 2).reshape(-1, _HOP).sum(axis=1)
    total = np.concatenate([[0.0], np.cumsum(power)])
    hops = np.arange(len(power))
    before = total[hops] - total[np.maximum(hops - _SPAN, 0)]
    after = total[np.minimum(hops + _SPAN, len(power))] - total[hops]
    floor = 1e-7 * max(float(total[-1]), 1e-12)
    rises: Times = 0.5 * np.log((after + floor) / (before + floor))
    return rises


def _vertex(three: Times) -> float:
    """The top of the parabola through three points, as an offset from the middle one."""
    bend = float(three[0] - 2.0 * three[1] + three[2])
    return 0.5 * float(three[0] - three[2]) / bend if bend else 0.0
