"""Change the stereo width, with mono bass."""

from __future__ import annotations

import numpy as np

from .filters import HighPassFilter
from .samples import Samples

MONO_BELOW_HZ = 110.0
"""A mashup's low end is summed to mono below this frequency, two and a half octaves above a bass's
lowest note. Clubs play that range in mono, and records are cut that way."""


class Width:
    """Widens or narrows a stream: ``process`` the blocks in order, in blocks of any size.

    ``left, right = middle + side, middle - side``: the side is made ``width`` times as loud,
    without bass. The middle is unchanged, so mono playback sounds the same.

    Parameters
    ----------
    width : 1 keeps the width, 0 is mono
    mono_below_hz : frequency below which the bass is mono, 12 dB an octave; 0 to keep it
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
