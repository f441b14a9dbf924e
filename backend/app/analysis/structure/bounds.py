"""Find where a track's music begins and ends, ignoring silence and steady noise."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ...dsp.loudness import HOP, Energies, energy_of_lufs
from ...dsp.samples import SAMPLE_RATE
from ..levels.loudness import PEAK_HOP, LoudnessProfile

Bounds = tuple[float, float]
"""Start and end in seconds of the track."""

UNDER_BODY_DB = 45.0
"""A fade is inaudible this far below the track's loudness once another track plays; hiss of tapes
and records is 50 dB and more below the music."""
LASTING = 3  # of the next ten hops (1 s), so many must be audible: excludes a click in silence
LONG_SILENCE_S = 10.0
"""A silence of this length separates the music from a hidden track; pauses within a piece are
shorter."""
NOISE_UNDER_BODY_DB = 30.0  # a louder steady sound may be a drone that belongs to the music
NOISE_STEADY_DB = 0.5
"""Level of hiss or hum changes less than this within a second: white noise by 0.1 dB. A note that
dies away changes by 1 dB and more."""
_SECOND = 10  # hops
_LOUDNESS_RATE = SAMPLE_RATE / HOP
_PEAK_RATE = SAMPLE_RATE / PEAK_HOP


def music_bounds_s(profile: LoudnessProfile, duration_s: float) -> Bounds:
    """Start and end of the music, that is, of its longest stretch without a long silence."""
    return max(music_stretches_s(profile, duration_s), key=lambda bounds: bounds[1] - bounds[0])


def music_stretches_s(profile: LoudnessProfile, duration_s: float) -> list[Bounds]:
    """All stretches of music that are separated by long silences.

    The whole track, if nothing in it passes the loudness gate.
    """
    body_lufs = profile.integrated_lufs
    if not math.isfinite(body_lufs):
        return [(0.0, duration_s)]
    hops = np.flatnonzero(_lasting(_audible(profile.energies, body_lufs)))
    if not len(hops):
        return [(0.0, duration_s)]
    new = np.flatnonzero(np.diff(hops) > LONG_SILENCE_S * _LOUDNESS_RATE)
    firsts, lasts = hops[np.append(0, new + 1)], hops[np.append(new, -1)]
    last_hop = len(profile.energies) - 1  # the rest is shorter than a hop
    return [
        (
            _onset_s(profile.peaks, first / _LOUDNESS_RATE, body_lufs),
            duration_s if last == last_hop else min((last + 1) / _LOUDNESS_RATE, duration_s),
        )
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _audible(energies: Energies, body_lufs: float) -> npt.NDArray[np.bool_]:
    """Whether each hop is audible: neither silent nor steady noise far below the music."""
    audible = energies > energy_of_lufs(body_lufs - UNDER_BODY_DB)
    if len(energies) < _SECOND:
        return audible
    quiet = energies < energy_of_lufs(body_lufs - NOISE_UNDER_BODY_DB)
    levels_db = 10.0 * np.log10(np.maximum(energies, 1e-12))
    seconds = np.lib.stride_tricks.sliding_window_view(levels_db, _SECOND)
    steady = np.append(seconds.std(axis=1) < NOISE_STEADY_DB, np.zeros(_SECOND - 1, np.bool_))
    in_steady = np.convolve(steady, np.ones(_SECOND))[: len(steady)] > 0.5
    return np.asarray(audible & ~(quiet & in_steady))


def _lasting(audible: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether each hop is audible and has audible hops near it.

    If no hop has any, all audible hops count.
    """
    count = np.cumsum(np.concatenate([[0], audible]))
    at = np.arange(len(audible))
    following = count[np.minimum(at + _SECOND, len(audible))] - count[at]
    preceding = count[at + 1] - count[np.maximum(at + 1 - _SECOND, 0)]
    lasting = np.asarray(audible & (np.maximum(following, preceding) >= LASTING))
    return lasting if lasting.any() else audible


def _onset_s(peaks: npt.NDArray[np.float32], coarse_s: float, body_lufs: float) -> float:
    """Find the first 10 ms with a peak over the threshold, within 100 ms."""
    first = round(coarse_s * _PEAK_RATE)
    floor = 10.0 ** ((body_lufs - UNDER_BODY_DB) / 20.0)
    loud = np.flatnonzero(peaks[first : first + 10] > floor)
    return (first + int(loud[0])) / _PEAK_RATE if len(loud) else coarse_s
