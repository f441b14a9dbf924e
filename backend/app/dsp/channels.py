"""Compare the two channels of a sound: offsets, levels, correlation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .samples import CHANNELS, SAMPLE_RATE, Samples

CANCELLING = -0.7
"""With this correlation or less, a sum of the channels loses most of the sound: 8 dB here, all of
it at -1. Wide stereo stays above -0.3; a reversed cable gives -1."""

Pair = npt.NDArray[np.float64]

_PARTS = 12
_RIGHT_REVERSED = np.array([[1.0], [-1.0]], np.float32)


class ChannelStats:
    """Means, deviations and correlation of all blocks added so far."""

    def __init__(self) -> None:
        self.n_samples = 0
        self._sums = np.zeros(CHANNELS)
        self._products = np.zeros((CHANNELS, CHANNELS))

    def add(self, interleaved: npt.NDArray[np.float32]) -> None:
        """Count a block of finite samples, shape ``(n, 2)``."""
        block = np.ascontiguousarray(
            interleaved.T, np.float64
        )  # one array per channel: sums are ten times as fast
        self.n_samples += block.shape[1]
        self._sums += block.sum(axis=1)
        self._products += block @ block.T

    @property
    def offsets(self) -> Pair:
        """Mean of each channel: a constant offset (DC), or nearly 0."""
        return self._sums / max(self.n_samples, 1)

    @property
    def deviations(self) -> Pair:
        """Root mean square of each channel without its offset."""
        return np.sqrt(np.diag(self._covariance))

    @property
    def correlation(self) -> float:
        """Correlation of the channels, -1 to 1; 1 if a channel is silent.

        1 is mono; at -1 one channel is the other upside down.
        """
        together = float(np.prod(self.deviations))
        return float(self._covariance[0, 1]) / together if together > 0.0 else 1.0

    @property
    def _covariance(self) -> Pair:
        mean = self.offsets
        covariance = self._products / max(self.n_samples, 1) - np.outer(mean, mean)
        np.fill_diagonal(covariance, np.maximum(np.diag(covariance), 0.0))
        return covariance


def channels_cancel(read: Callable[[int, int], Samples], n_samples: int) -> bool:
    """Whether a sound's channels cancel each other, by a second in each of twelve parts.

    ``read(start, n)`` returns samples of the sound. Neither a beat nor a voice can be heard in the
    sum of such channels: they are heard in their difference.
    """
    stats = ChannelStats()
    for part in range(_PARTS):
        start = part * n_samples // _PARTS
        stats.add(read(start, min(SAMPLE_RATE, n_samples - start)).T)
    return stats.correlation < CANCELLING


def sound_cancels(sound: Samples) -> bool:
    """Whether the channels of a sound in memory cancel each other."""
    return channels_cancel(lambda start, n: sound[:, start : start + n], sound.shape[1])


def right_reversed(sound: Samples) -> Samples:
    """Turn the right channel of ``(2, n)`` upside down: mid and side change places."""
    return np.asarray(sound * _RIGHT_REVERSED)


def fold_down(sound: Samples) -> npt.NDArray[np.float32]:
    """Average the channels of ``(2, n)``; if they cancel each other, take the difference."""
    stats = ChannelStats()
    stats.add(sound.T)
    if stats.correlation < CANCELLING:
        return np.asarray((sound[0] - sound[1]) * np.float32(0.5))
    return np.asarray(sound.mean(axis=0))
