"""What a clip's true peaks cannot exceed, told from its track's analysis."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..dj.timeline import Clip
from ..dsp.limiter import TILE, TILES
from ..dsp.samples import SAMPLE_RATE, gain_of_db

Peaks: TypeAlias = npt.NDArray[np.float32]

PEAK_HOP = SAMPLE_RATE // 100  # as analysed: one true peak for each 10 ms
_SLACK = 16  # samples: an analysed peak is noted up to twelve early
_HOPS = (TILE + 2 * _SLACK) // PEAK_HOP + 2  # as many hops as a tile with its slack may touch
LOW_PASS_OVERSHOOT = 1.3
"""A low-pass may raise a peak by the sum of its impulse response's magnitudes: 1.15 for a
second-order Butterworth, and a little for its share growing meanwhile."""


class PeakBounds:
    """Bounds for the tiles of a clip's blocks; ``peaks`` are its track's true peaks."""

    def __init__(self, clip: Clip, peaks: Peaks) -> None:
        self._offset = clip.source_start - clip.start
        gain = gain_of_db(clip.gain_db) * (LOW_PASS_OVERSHOOT if clip.effects else 1.0)
        padded = np.pad(peaks, _HOPS) * np.float32(gain)
        self._loudest = np.lib.stride_tricks.sliding_window_view(padded, _HOPS)

    def of_tiles(self, begin: int) -> Peaks:
        """For each tile of the block at ``begin``: float32 ``(TILES,)``; 0 off the track's ends."""
        starts = begin + self._offset + TILE * np.arange(TILES)
        hops = np.clip((starts - _SLACK) // PEAK_HOP + _HOPS, 0, len(self._loudest) - 1)
        bounds: Peaks = self._loudest[hops].max(axis=1)
        return bounds
