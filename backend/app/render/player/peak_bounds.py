"""Upper bounds of a clip's true peaks, computed from its track's analysis."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ...dj.loop import SEAM
from ...dj.timeline import Clip, Effect
from ...dsp.limiter import BLOCK, TILE, TILES
from ...dsp.samples import SAMPLE_RATE, gain_of_db
from ...dsp.true_peak import HALF_TAPS
from .stretched_segments import stretched_segment_of

Peaks: TypeAlias = npt.NDArray[np.float32]

PEAK_HOP = SAMPLE_RATE // 100  # the analysis has one true peak for each 10 ms
LOW_PASS_OVERSHOOT = 1.3
"""A low-pass can raise a peak by the sum of its impulse response's magnitudes: 1.15 for a
second-order Butterworth; the rest allows for a share that grows meanwhile."""
LOW_PASS_FROM_HZ = 200.0
"""With a cutoff from this frequency on, a low-pass decays to a thousandth of a peak within 10 ms.
"""

_SLACK = 2 * HALF_TAPS  # samples that affect a peak, which is recorded half as many samples late
_BEFORE = _SLACK + PEAK_HOP  # earlier peaks in this range still affect a low-passed tile
_HOPS = (TILE + _SLACK + _BEFORE) // PEAK_HOP + 2  # number of hops that may overlap


class PeakBounds:
    """Bounds for the tiles of a clip's blocks; ``peaks`` are its track's true peaks.

    They are known where the track plays unchanged or through a plain low-pass; unknown where it is
    stretched, replaced by stems, looped, in its echo, cut off, or in filters that can raise peaks.
    """

    def __init__(self, clip: Clip, peaks: Peaks) -> None:
        segment = stretched_segment_of(clip)
        self._clip = clip
        self._known_from = clip.start + (segment.length if segment else 0)
        self._gain = np.float32(gain_of_db(clip.gain_db))
        self._loudest = np.lib.stride_tricks.sliding_window_view(np.pad(peaks, _HOPS), _HOPS)

    def of_tiles(self, begin: int) -> Peaks | None:
        """Bounds for each tile of the block at ``begin``, float32 ``(TILES,)``, or None."""
        first, last = begin - _SLACK, begin + BLOCK + _SLACK
        if first < self._known_from or last > self._clip.sounds_to:
            return None
        if any(one.start < last and one.end > first for one in self._clip.stem_faders):
            return None
        loop = self._clip.loop
        if loop and last + self._clip.body_offset > loop.end - SEAM:
            return None
        active = [one for one in self._clip.effects if one.start < last and one.end > first]
        if not all(map(_is_bounded, active)):
            return None
        starts = begin + self._clip.body_offset + TILE * np.arange(TILES)
        hops = np.clip((starts - _BEFORE) // PEAK_HOP + _HOPS, 0, len(self._loudest) - 1)
        bounds: Peaks = self._loudest[hops].max(axis=1) * self._gain
        return bounds * np.float32(LOW_PASS_OVERSHOOT ** len(active))


def _is_bounded(effect: Effect) -> bool:
    """Whether it is known how far an effect can raise peaks."""
    fixed = effect.kind == "low_pass" and effect.to_frequency_hz is None
    return fixed and effect.frequency_hz >= LOW_PASS_FROM_HZ
