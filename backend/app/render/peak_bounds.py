"""What a clip's true peaks cannot exceed, told from its track's analysis."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..dj.timeline import Clip, Effect
from ..dsp.limiter import BLOCK, TILE, TILES
from ..dsp.samples import SAMPLE_RATE, gain_of_db
from ..dsp.true_peak import HALF_TAPS
from .pieces import piece_of

Peaks: TypeAlias = npt.NDArray[np.float32]

PEAK_HOP = SAMPLE_RATE // 100  # as analysed: one true peak for each 10 ms
LOW_PASS_OVERSHOOT = 1.3
"""A low-pass may raise a peak by the sum of its impulse response's magnitudes: 1.15 for a
second-order Butterworth, and a little for its share growing meanwhile."""
LOW_PASS_FROM_HZ = 200.0
"""A low-pass like this has forgotten a peak after 10 ms, all but a thousandth."""

_SLACK = 2 * HALF_TAPS  # samples that shape a peak, which is noted half as many late
_BEFORE = _SLACK + PEAK_HOP  # what a low-passed tile may still hold of the peaks before it
_HOPS = (TILE + _SLACK + _BEFORE) // PEAK_HOP + 2  # as many as all that may touch


class PeakBounds:
    """Bounds for the tiles of a clip's blocks; ``peaks`` are its track's true peaks.

    Known where the track is played as it is kept, or through a plain low-pass; not where it is
    stretched, taken apart, rings on, goes through filters that may lift peaks, or is cut off.
    """

    def __init__(self, clip: Clip, peaks: Peaks) -> None:
        piece = piece_of(clip)
        self._clip = clip
        self._known_from = clip.start + (piece.length if piece else 0)
        self._gain = np.float32(gain_of_db(clip.gain_db))
        self._loudest = np.lib.stride_tricks.sliding_window_view(np.pad(peaks, _HOPS), _HOPS)

    def of_tiles(self, begin: int) -> Peaks | None:
        """For each tile of the block at ``begin``: float32 ``(TILES,)``; None if nobody knows."""
        first, last = begin - _SLACK, begin + BLOCK + _SLACK
        if first < self._known_from or last > self._clip.sounds_to:
            return None
        if any(one.start < last and one.end > first for one in self._clip.stem_faders):
            return None
        heard = [one for one in self._clip.effects if one.start < last and one.end > first]
        if not all(map(_is_bounded, heard)):
            return None
        starts = begin + self._clip.body_offset + TILE * np.arange(TILES)
        hops = np.clip((starts - _BEFORE) // PEAK_HOP + _HOPS, 0, len(self._loudest) - 1)
        bounds: Peaks = self._loudest[hops].max(axis=1) * self._gain
        return bounds * np.float32(LOW_PASS_OVERSHOOT ** len(heard))


def _is_bounded(effect: Effect) -> bool:
    """Whether it is known by how much an effect may raise a peak."""
    at_rest = effect.kind == "low_pass" and effect.to_frequency_hz is None
    return at_rest and effect.frequency_hz >= LOW_PASS_FROM_HZ
