"""Windowed spectra, and the peaks in them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from .mid_side import ANALYSIS_RATE

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def spectra(frames: Matrix, padded: int | None = None) -> npt.NDArray[np.complex64]:
    """Transform frames ``(n, window)`` under a Hann window, zero-padded to ``padded`` samples."""
    return np.asarray(fft.rfft(frames * _hann(frames.shape[1]), padded, axis=1))


def power_spectra(frames: Matrix) -> Matrix:
    """Compute the squared magnitudes of :func:`spectra`, ``(n, window / 2 + 1)``."""
    spectrum = spectra(frames)
    return np.asarray(np.square(spectrum.real) + np.square(spectrum.imag))


def bin_of(hz: float, window: int) -> int:
    """Return the bin nearest to a frequency."""
    return round(hz * window / ANALYSIS_RATE)


def prominent_peaks(
    magnitude: Matrix, *, first: int, prominence: float, around: int, least: float = 0.0
) -> tuple[Indices, Indices, Floats]:
    """Find the prominent peaks of magnitude spectra, ``(n_frames, n_bins)``.

    Parameters
    ----------
    first : the lowest bin of a peak
    prominence : least height of a peak, in means of ``around`` bins to either side
    least : least magnitude of a peak

    Returns
    -------
    frame, bin and interpolated bin of each peak, by frame and rising. A parabola through three
    points of the log spectrum interpolates to about a hundredth of a bin.
    """
    middle = magnitude[:, first:-1]
    stands_out = (middle > magnitude[:, first - 1 : -2]) & (middle >= magnitude[:, first + 1 :])
    stands_out &= middle > prominence * _mean_around(magnitude, around)[:, first:-1]
    frame, column = np.nonzero(stands_out & (middle > least))
    column += first
    left, top, right = (np.log(magnitude[frame, column + d] + 1e-9) for d in (-1, 0, 1))
    bins = column + 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-6)
    return frame, column, np.asarray(bins, np.float64)


def _mean_around(magnitude: Matrix, reach: int) -> Matrix:
    """Average the magnitude within ``reach`` bins of each bin."""
    total = np.cumsum(magnitude, axis=1, dtype=np.float64)
    total = np.concatenate([np.zeros((len(total), 1)), total], axis=1)
    bins = np.arange(magnitude.shape[1])
    upper = np.minimum(bins + reach + 1, magnitude.shape[1])
    lower = np.maximum(bins - reach, 0)
    return np.asarray((total[:, upper] - total[:, lower]) / (upper - lower), np.float32)


@lru_cache(maxsize=4)
def _hann(window: int) -> Matrix:
    return np.hanning(window).astype(np.float32)
