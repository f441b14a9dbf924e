"""Where the weight of a piece's spectrum lies: how bright it is, and how much of it is bass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..dsp.samples import SAMPLE_RATE, Samples

FRAME = 4096  # 93 ms, 10.8 Hz a bin: fine enough to part the bass at 150 Hz
BASS_HZ = 150.0
_SILENT = 1e-6  # a frame of less power, -60 dB of full scale, has no colour

_WINDOW = np.hanning(FRAME).astype(np.float32)
_HZ = np.fft.rfftfreq(FRAME, 1.0 / SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Brightness:
    """Of a whole piece.

    Attributes
    ----------
    centroid_hz : the mean frequency of the magnitudes, averaged over all frames that sound
    low_share : the power below ``BASS_HZ``, of all power
    """

    centroid_hz: float
    low_share: float


class BrightnessEar:
    """Listens to a stream: ``push`` the blocks in order, then ``finish`` once."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._centroids: list[npt.NDArray[np.float64]] = []
        self._low = self._all = 0.0

    def push(self, block: Samples) -> None:
        """Take the next block, float32 ``(2, n)``, ``n`` at will."""
        joined = np.concatenate([self._rest, block.mean(axis=0)])
        whole = len(joined) // FRAME * FRAME
        self._rest = joined[whole:]
        frames = joined[:whole].reshape(-1, FRAME)
        heard = frames[np.square(frames).mean(axis=1) > _SILENT]
        if not len(heard):
            return
        magnitudes = np.abs(np.fft.rfft(heard * _WINDOW, axis=1))
        self._centroids.append(magnitudes @ _HZ / magnitudes.sum(axis=1))
        powers = np.square(magnitudes).sum(axis=0)
        self._low += float(powers[_HZ < BASS_HZ].sum())
        self._all += float(powers.sum())

    def finish(self) -> Brightness:
        """What was heard; zeros where nothing was."""
        if not self._centroids:
            return Brightness(0.0, 0.0)
        centroid_hz = float(np.concatenate(self._centroids).mean())
        return Brightness(centroid_hz, self._low / self._all)
