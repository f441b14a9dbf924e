"""From samples to spectra and back, on frames that are counted from a song's first sample."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.samples import SAMPLE_RATE, Samples
from .separator import Song

Spectra = npt.NDArray[np.complex64]

WINDOW = 4096
"""93 ms. With the best masks there can be, composed songs come apart the best with this window: a
shorter one cannot part a bass from a kick, a longer one smears the drums."""
HOP = 1024
N_BINS = WINDOW // 2 + 1
BEFORE, AFTER = 1, 2
"""Frames before one, and after it, that reach into the ``HOP`` samples from its centre on."""


def bin_of(hz: float) -> int:
    """The bin that a frequency falls into."""
    return round(hz * WINDOW / SAMPLE_RATE)


def mid_side(song: Song, first: int, last: int) -> Spectra:
    """The spectra of ``(left + right) / 2`` and ``(left - right) / 2`` in frames ``[first, last)``.

    Frame ``k`` is centred on sample ``k * HOP``; before and after the song there is silence.

    Returns
    -------
    complex64, shape (2, last - first, N_BINS)
    """
    start, stop = first * HOP - WINDOW // 2, (last - 1) * HOP + WINDOW // 2
    begin, end = max(start, 0), max(min(stop, song.n_samples), 0)
    both = np.zeros((2, stop - start), np.float32)
    if begin < end:
        left, right = song.read(begin, end - begin)
        both[0, begin - start : end - start] = np.float32(0.5) * (left + right)
        both[1, begin - start : end - start] = np.float32(0.5) * (left - right)
    frames = np.lib.stride_tricks.sliding_window_view(both, WINDOW, axis=1)[:, ::HOP]
    return np.asarray(fft.rfft(frames * _window(), axis=-1))


def left_right(spectra: Spectra) -> Samples:
    """The samples of left and right that all frames in question are there for.

    Frames from ``k`` on give samples from ``(k + BEFORE) * HOP`` on.

    Parameters
    ----------
    spectra : of mid and side, complex64, shape (2, n, N_BINS)

    Returns
    -------
    float32, shape (2, (n - BEFORE - AFTER) * HOP)
    """
    frames = fft.irfft(spectra, WINDOW, axis=-1) * (_window() * np.float32(_OVERLAP_GAIN))
    pieces = frames.reshape(2, -1, WINDOW // HOP, HOP)
    n_out = pieces.shape[1] - BEFORE - AFTER
    total = np.zeros((2, n_out, HOP), np.float32)
    for piece in range(WINDOW // HOP):
        at = BEFORE + AFTER - piece
        total += pieces[:, at : at + n_out, piece]
    mid, side = total.reshape(2, -1)
    return np.stack((mid + side, mid - side))


_OVERLAP_GAIN = 8.0 * HOP / (3.0 * WINDOW)
"""Squares of Hann windows a quarter apart add up to 3/2."""


@lru_cache(maxsize=1)
def _window() -> Samples:
    n = np.arange(WINDOW)
    return np.asarray(0.5 - 0.5 * np.cos(2.0 * np.pi * n / WINDOW), np.float32)
