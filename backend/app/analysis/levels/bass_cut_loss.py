"""Measure the bass's share of a track's loudness, that is, what a mixer's bass cut removes."""

from __future__ import annotations

import numpy as np

from ...dsp.loudness import k_weighting
from ...dsp.samples import SAMPLE_RATE
from ..spectral_peaks import Floats
from ..stereo_centre import BAND_EDGES_HZ, Centre

CUT_SHARES = np.array([1.0, 0.99, 0.92, 0.5, 0.07])
"""Share of power that the mixer's low shelf (26 dB at 200 Hz) removes from each of the lowest five
bands, up to 1200 Hz: its mean response over the band, on a logarithmic frequency axis."""


def bass_share(centre: Centre) -> float:
    """Share of the bass in the K-weighted power, 0 to 1; 0 for silence."""
    edges = np.array(BAND_EDGES_HZ)
    weighted = centre.bands.sum(axis=0, dtype=np.float64) * _k_power(
        np.sqrt(edges[:-1] * edges[1:])
    )
    total = float(weighted.sum())
    if total <= 0.0:
        return 0.0
    return round(float(weighted[: len(CUT_SHARES)] @ CUT_SHARES) / total, 4)


def _k_power(hz: Floats) -> Floats:
    """Compute the power gain of the K-weighting at these frequencies."""
    delay = np.exp(-2j * np.pi * hz / SAMPLE_RATE)
    power = np.ones(len(hz))
    for b0, b1, b2, a0, a1, a2 in k_weighting():
        top = b0 + delay * (b1 + delay * b2)
        bottom = a0 + delay * (a1 + delay * a2)
        power *= np.abs(top / bottom) ** 2
    return power
