"""Measure sound while it is decoded: silence, invalid samples, peak, channels."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ...dsp.channels import ChannelStats
from ...dsp.samples import seconds

Interleaved: TypeAlias = npt.NDArray[np.float32]

# +18 dB over full scale. The loudest lossy files decode to +6 dB; larger floats are not sound.
MAX_MAGNITUDE = 8.0

# 46 ms: a constant offset does not change within a window, and a tone of 20 Hz nearly completes a
# period.
_WINDOW = 2048
# A window is audible if its samples span at least twice this: -72 dBFS, eight steps of 16 bits,
# above the dither of an empty recording and below the softest fade.
_AUDIBLE = 10 ** (-72 / 20)


class SignalStats:
    """Counts, peak, channels and audible windows of all blocks added so far."""

    def __init__(self) -> None:
        self.n_samples = 0
        self.not_finite = 0
        self.out_of_range = 0
        self.peak = 0.0
        self.channels = ChannelStats()
        self._audible_windows = 0

    @property
    def bad_share(self) -> float:
        """Share of the samples that were invalid, and were set to zero."""
        return (self.not_finite + self.out_of_range) / max(1, self.n_samples)

    @property
    def audible_s(self) -> float:
        """Seconds that contain more than silence or a constant."""
        return seconds(self._audible_windows * _WINDOW)

    def add(self, block: Interleaved) -> Interleaved:
        """Count a block of shape (n, channels); return it with invalid samples set to zero."""
        low, high = float(block.min()), float(block.max())
        if not (low >= -MAX_MAGNITUDE and high <= MAX_MAGNITUDE):  # also true for NaN
            block = self._without_bad_samples(block)
            low, high = float(block.min()), float(block.max())
        self.n_samples += len(block)
        self.peak = max(self.peak, -low, high)
        self.channels.add(block)
        if max(-low, high) >= _AUDIBLE:
            self._audible_windows += _audible_windows(block)
        return block

    def _without_bad_samples(self, block: Interleaved) -> Interleaved:
        not_finite = ~np.isfinite(block)
        good = np.abs(block) <= MAX_MAGNITUDE
        self.not_finite += int(not_finite.any(axis=1).sum())
        self.out_of_range += int((~good & ~not_finite).any(axis=1).sum())
        return np.where(good, block, np.float32(0.0))


def _audible_windows(block: Interleaved) -> int:
    n_windows = len(block) // _WINDOW
    # One array per channel: extremes are found 20 times as fast.
    channels = np.ascontiguousarray(block[: n_windows * _WINDOW].T)
    windows = channels.reshape(block.shape[1], n_windows, _WINDOW)
    swing = (windows.max(axis=2) - windows.min(axis=2)).max(axis=0)
    return int((swing >= 2 * _AUDIBLE).sum())
