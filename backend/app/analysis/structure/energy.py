"""Measure the energy of each bar, 0 to 1."""

from __future__ import annotations

import numpy as np

from ...contract.analysis import Rhythm
from ...dsp.loudness import HOP, Energies
from ...dsp.samples import SAMPLE_RATE
from ..rhythm.bar_edges import Floats, bar_edges_s, mean_between
from ..stereo_centre import CENTRE_RATE, Centre

LOUDNESS_RATE = SAMPLE_RATE / HOP
LOUDEST_PERCENTILE = 95.0  # loudest bars: this percentile ignores a single crash or fill
LOUDNESS_POWER = 0.3
"""Loudness in sones doubles with 10 dB: the 0.3rd power of energy (Stevens 1955; ISO 532)."""
RANGE_DB = 20.0  # a band this far below its loudest bars is empty: its instrument has stopped


def bar_energies(energies: Energies, rhythm: Rhythm, centre: Centre) -> list[float]:
    """Measure the energy of each bar, relative to the track's loudest bars, 0 to 1.

    Energy is loudness times the share of the spectrum that is filled: mastered music is about as
    loud in breaks as in drops, but lacks kick, bass or cymbals in the breaks. ``energies`` are the
    K-weighted mean squares of each 100 ms.
    """
    edges_s = bar_edges_s(rhythm)
    if len(edges_s) < 2 or not len(energies):
        return [0.0] * max(len(edges_s) - 1, 0)
    loudness = _relative(mean_between(energies, LOUDNESS_RATE, edges_s)) ** LOUDNESS_POWER
    bands_db = 10.0 * np.log10(_relative(mean_between(centre.bands, CENTRE_RATE, edges_s)) + 1e-9)
    filled = np.clip(1.0 + bands_db / RANGE_DB, 0.0, 1.0).mean(axis=1)
    return [round(float(value), 4) for value in loudness * filled]


def _relative(power: Floats) -> Floats:
    """Scale power to the loudest bars, at most 1."""
    loudest = np.percentile(power, LOUDEST_PERCENTILE, axis=0)
    return np.asarray(np.minimum(power / np.maximum(loudest, 1e-12), 1.0))
