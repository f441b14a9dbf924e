"""Find the ranges of a track without notes or chords, such as drums alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...contract.analysis import Stretch
from ..spectral_peaks import Floats
from .key import MAJOR_TRIAD, MINOR_TRIAD, correlate, held, lasting
from .pitches import PITCH_RATE

AROUND = round(2.0 * PITCH_RATE)  # moments to either side that decide on one
LEAST_STRENGTH = 0.25
"""Least strength of lasting tones, relative to the track's median: the ring of drums has up to a
tenth of the strength of a band."""
LEAST_TONALITY = 0.5  # of tones so weak; quiet chords have 0.6 and more, drum kits up to 0.45
SHORTEST_S = 4.0  # shorter breaks don't matter to a join


def find_toneless(bass: Floats, treble: Floats) -> list[Stretch]:
    """List the ranges in which hardly any tone lasts, from pitch classes ``(n, 12)``."""
    if not len(treble):
        return []
    lasting_treble = lasting(treble)
    strength = _around(lasting_treble.sum(axis=1) + lasting(bass).sum(axis=1))
    fit = correlate(held(lasting_treble), MAJOR_TRIAD, MINOR_TRIAD).max(axis=1)
    share = _around(lasting_treble.sum(axis=1)) / np.maximum(_around(treble.sum(axis=1)), 1e-9)
    weak = strength <= LEAST_STRENGTH * np.median(strength)
    return _ranges(weak & (share * _around(fit) < LEAST_TONALITY))


def _around(values: Floats) -> Floats:
    """Average over the moments around each moment."""
    padded = np.pad(values, AROUND, mode="edge")
    return np.asarray(np.convolve(padded, np.full(2 * AROUND + 1, 1.0 / (2 * AROUND + 1)), "valid"))


def _ranges(flags: npt.NDArray[np.bool_]) -> list[Stretch]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    seconds = edges / PITCH_RATE
    return [
        Stretch(start_s=round(float(start), 2), end_s=round(float(end), 2))
        for start, end in zip(seconds[::2], seconds[1::2], strict=True)
        if end - start >= SHORTEST_S
    ]
