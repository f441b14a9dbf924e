"""How much of a track's loudness is bass: what is gone while a mixer holds its bass down."""

from __future__ import annotations

import numpy as np

from ..dsp.loudness import k_weighting
from ..dsp.samples import SAMPLE_RATE
from .centre import BAND_EDGES_HZ, Centre, Floats

HELD_DOWN = np.array([1.0, 0.95, 0.51, 0.07])
"""What the mixer's shelf (26 dB, its knee at 120 Hz) takes of the power of the lowest four bands,
up to 600 Hz: the mean of its response over each, evenly in octaves."""


def bass_share(centre: Centre) -> float:
    """The bass's share of the K-weighted power, 0 to 1; 0 of silence."""
    edges = np.array(BAND_EDGES_HZ)
    weighted = centre.bands.sum(axis=0, dtype=np.float64) * _k_power(
        np.sqrt(edges[:-1] * edges[1:])
    )
    total = float(weighted.sum())
    if total <= 0.0:
        return 0.0
    return round(float(weighted[: len(HELD_DOWN)] @ HELD_DOWN) / total, 4)


def _k_power(hz: Floats) -> Floats:
    """The power gain of the K-weighting at these frequencies."""
    delay = np.exp(-2j * np.pi * hz / SAMPLE_RATE)
    power = np.ones(len(hz))
    for b0, b1, b2, a0, a1, a2 in k_weighting():
        top = b0 + delay * (b1 + delay * b2)
        bottom = a0 + delay * (a1 + delay * a2)
        power *= np.abs(top / bottom) ** 2
    return power
