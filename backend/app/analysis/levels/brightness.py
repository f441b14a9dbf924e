"""Measure the brightness (spectral centroid) and the bass share of a sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...dsp.samples import SAMPLE_RATE, Samples

FRAME = 4096  # 93 ms, 10.8 Hz a bin: fine enough to distinguish the bass below 150 Hz
BASS_HZ = 150.0
_SILENT = 1e-6  # frames of less power (-60 dBFS) are left out

_WINDOW = np.hanning(FRAME).astype(np.float32)
_HZ = np.fft.rfftfreq(FRAME, 1.0 / SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Brightness:
    """Brightness of a whole sound; zeros for silence.

    Attributes
    ----------
    centroid_hz : the mean frequency of the magnitudes, averaged over all frames but silent ones
    low_share : the share of the power below ``BASS_HZ``
    """

    centroid_hz: float
    low_share: float


class BrightnessMeter:
    """Measures a stream: ``push`` the blocks in order, then ``finish`` once."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._centroids = [np.zeros(0)]
        self._low = self._all = 0.0

    def push(self, block: Samples) -> None:
        """Measure the next block, float32 ``(2, n)``, any ``n``."""
        joined = np.concatenate([self._rest, block.mean(axis=0)])
        whole = len(joined) // FRAME * FRAME
        self._rest = joined[whole:]
        frames = joined[:whole].reshape(-1, FRAME)
        frames = frames[np.square(frames).mean(axis=1) > _SILENT]
        if not len(frames):
            return
        magnitudes = np.abs(np.fft.rfft(frames * _WINDOW, axis=1))
        self._centroids.append(magnitudes @ _HZ / magnitudes.sum(axis=1))
        powers = np.square(magnitudes).sum(axis=0)
        self._low += float(powers[_HZ < BASS_HZ].sum())
        self._all += float(powers.sum())

    def finish(self) -> Brightness:
        """Return the brightness of everything pushed."""
        centroids_hz = np.concatenate(self._centroids)
        if not len(centroids_hz):
            return Brightness(0.0, 0.0)
        return Brightness(float(centroids_hz.mean()), self._low / self._all)
