"""Where the music of a track begins and ends."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..dsp.loudness import HOP
from ..dsp.samples import SAMPLE_RATE
from .loudness import PEAK_HOP, LoudnessProfile

UNDER_BODY_DB = 45.0
"""A fade is inaudible this far below the track's loudness once another track plays; the hiss of a
tape or a record lies 50 dB and more below its music."""
LASTING = 3  # of the ten 100 ms that follow: a click in the silence is not the music yet
_LOUDNESS_RATE = SAMPLE_RATE / HOP
_PEAK_RATE = SAMPLE_RATE / PEAK_HOP


def music_bounds_s(profile: LoudnessProfile, duration_s: float) -> tuple[float, float]:
    """From when to when there is music; the whole track where nothing passes the loudness gate."""
    body_lufs = profile.integrated_lufs
    if not math.isfinite(body_lufs):
        return 0.0, duration_s
    audible = profile.energies > 10.0 ** ((body_lufs - UNDER_BODY_DB + 0.691) / 10.0)
    first, last = _first_lasting(audible), len(audible) - _first_lasting(audible[::-1])
    start_s = _onset_s(profile.peaks, first / _LOUDNESS_RATE, body_lufs)
    return start_s, min(last / _LOUDNESS_RATE, duration_s)


def _first_lasting(audible: npt.NDArray[np.bool_]) -> int:
    """The first 100 ms that is audible and not alone."""
    count = np.cumsum(np.concatenate([[0], audible]))
    following = count[np.minimum(np.arange(len(audible)) + 10, len(audible))] - count[:-1]
    lasting = np.flatnonzero(audible & (following >= LASTING))
    candidates = lasting if len(lasting) else np.flatnonzero(audible)
    return int(candidates[0]) if len(candidates) else 0


def _onset_s(peaks: npt.NDArray[np.float32], coarse_s: float, body_lufs: float) -> float:
    """Within those 100 ms, the first 10 ms in which the peak is over the threshold."""
    first = round(coarse_s * _PEAK_RATE)
    floor = 10.0 ** ((body_lufs - UNDER_BODY_DB) / 20.0)
    loud = np.flatnonzero(peaks[first : first + 10] > floor)
    return (first + int(loud[0])) / _PEAK_RATE if len(loud) else coarse_s
