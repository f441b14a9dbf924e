"""Tempo stretch between two tracks: half and double time, and the limit for beat-matching."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatOrArray = float | npt.NDArray[np.float64]

ROUNDING_PERCENT = 0.005  # this far past the limit is still within it: 6.00 % is allowed at 6 %


def within_stretch_limit(
    stretch_percent: FloatOrArray, max_stretch_percent: float
) -> npt.NDArray[np.bool_]:
    """Whether a tempo change is small enough for beat-matching under the DJ rules."""
    return np.asarray(np.abs(stretch_percent) <= max_stretch_percent + ROUNDING_PERCENT)


def tempo_octave(outgoing_bpm: FloatOrArray, incoming_bpm: FloatOrArray) -> FloatOrArray:
    """1 where the incoming track counts twice as fast as the outgoing, -1 half, else 0."""
    octaves: FloatOrArray = np.clip(np.round(np.log2(incoming_bpm / outgoing_bpm)), -1.0, 1.0)
    return octaves


def tempo_step(outgoing_bpm: FloatOrArray, incoming_bpm: FloatOrArray) -> FloatOrArray:
    """The natural log of the tempo ratio, half and double time counted as equal.

    0 where the beats coincide; positive where the incoming track is faster.
    """
    octaves = np.log2(incoming_bpm / outgoing_bpm) - tempo_octave(outgoing_bpm, incoming_bpm)
    step: FloatOrArray = octaves * np.log(2.0)
    return step


def fold_between(outgoing_bpm: float, incoming_bpm: float) -> float:
    """Beats of the incoming track per beat of the outgoing: 1, 2 (double time) or 0.5."""
    return float(2.0 ** tempo_octave(outgoing_bpm, incoming_bpm))


def stretch_percent(outgoing_bpm: float, incoming_bpm: float) -> float:
    """How much faster the incoming track plays on the outgoing's beats."""
    fold = fold_between(outgoing_bpm, incoming_bpm)
    return 100.0 * (outgoing_bpm * fold / incoming_bpm - 1.0)
