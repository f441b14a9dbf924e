"""Tempo change between two tracks, with half and double time, and its limit."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

FloatOrArray = float | npt.NDArray[np.float64]

ROUNDING_PERCENT = 0.005  # a change this far past the limit still passes: 6.00 % is allowed at 6 %


def within_stretch_limit(
    stretch_percent: FloatOrArray, max_stretch_percent: float
) -> npt.NDArray[np.bool_]:
    """Whether a tempo change is within the DJ rules' limit for beat-matching."""
    return np.asarray(np.abs(stretch_percent) <= max_stretch_percent + ROUNDING_PERCENT)


def tempo_octave(outgoing_bpm: FloatOrArray, incoming_bpm: FloatOrArray) -> FloatOrArray:
    """Return 1 if the incoming track counts twice as fast, -1 if half as fast, else 0."""
    octaves: FloatOrArray = np.clip(np.round(np.log2(incoming_bpm / outgoing_bpm)), -1.0, 1.0)
    return octaves


def tempo_step(outgoing_bpm: FloatOrArray, incoming_bpm: FloatOrArray) -> FloatOrArray:
    """Return the natural log of the tempo ratio, with half and double time as equal.

    0 if the beats coincide; positive if the incoming track is faster.
    """
    octaves = np.log2(incoming_bpm / outgoing_bpm) - tempo_octave(outgoing_bpm, incoming_bpm)
    step: FloatOrArray = octaves * np.log(2.0)
    return step


def fold_between(outgoing_bpm: float, incoming_bpm: float) -> float:
    """Return the incoming track's beats per beat of the outgoing: 1, 2 or 0.5."""
    octaves = round(math.log2(incoming_bpm / outgoing_bpm))
    return float(2.0 ** max(min(octaves, 1), -1))


def stretch_percent(outgoing_bpm: float, incoming_bpm: float) -> float:
    """Return how much faster the incoming track must play to match the outgoing beats."""
    fold = fold_between(outgoing_bpm, incoming_bpm)
    return 100.0 * (outgoing_bpm * fold / incoming_bpm - 1.0)
