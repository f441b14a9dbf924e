"""How wide a stereo picture is, with its bass in the middle."""

from __future__ import annotations

import numpy as np

from .filters import HighPassFilter
from .samples import Samples


class Width:
    """Widens or narrows a stream: ``process`` the blocks in order, in any blocking.

    ``left, right = middle + side, middle - side``: the side is made ``width`` times as loud, and
    loses its bass. What both channels share is not touched, so a mono player plays the same.

    Parameters
    ----------
    width : 1 leaves the picture as wide as it is, 0 is mono
    mono_below_hz : the bass under it comes from the middle, 12 dB an octave; 0: as it is
    """

    def __init__(self, width: float, *, mono_below_hz: float = 0.0) -> None:
        self._width = np.float32(width)
        self._side = HighPassFilter(mono_below_hz, channels=1) if mono_below_hz > 0.0 else None

    def process(self, block: Samples) -> Samples:
        """Widen the next block, float32 ``(2, n)``."""
        middle = np.float32(0.5) * (block[:1] + block[1:])
        side = np.float32(0.5) * self._width * (block[:1] - block[1:])
        if self._side is not None:
            side = self._side.process(np.ascontiguousarray(side))
        return np.concatenate([middle + side, middle - side])
