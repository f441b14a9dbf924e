"""Measure true peaks: the waveform's largest magnitude, also between samples.

ITU-R BS.1770-4, annex 2, oversamples four-fold by a low-pass with 12 taps a phase, which falls from
16 kHz on: bright hats and noise rise a decibel between its points. This one is eight-fold and flat
to 0.06 dB up to 20 kHz; between two points a tone of 20 kHz rises by at most 0.14 dB, the inverse
of cos(pi f / 8 fs).

The rate is doubled three times, each time by a half-band filter: a symmetric Kaiser-windowed sinc
that leaves the points it is given unchanged. Only the first filter has to be steep, with 40 taps;
at twice the rate 8 suffice, at four times 4. All seven new points of a sample together cost 36
multiplications; a 40-tap filter for each of them would cost 280.

Each point is the sum of its neighbours, term by term in a fixed order, so the result is the same to
the bit wherever a block begins and on any processor. A matrix product takes as long, but its
rounding depends on its shape and on the kernel that BLAS chooses.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .samples import Samples

HALF_TAPS = 23  # samples that the interpolator needs on either side

Taps = npt.NDArray[np.float32]

# Samples measured together: eight phases of two channels are 1 MB, about a second-level cache.
_AT_ONCE = 16_384


def _half_band(half_taps: int, beta: float) -> Taps:
    """Compute one side of a symmetric half-band filter, from the nearest tap on."""
    distance = np.arange(half_taps) + 0.5
    window = np.i0(beta * np.sqrt(1 - (distance / half_taps) ** 2))
    taps = np.sinc(distance) * window
    return np.asarray(taps / (2 * taps.sum()), np.float32)


_STAGES = ((_half_band(20, 4.0), 20), (_half_band(4, 5.0), 2), (_half_band(2, 4.0), 1))
"""For each doubling, its taps, and how many samples on either side they reach."""


def _doubled(phases: list[Samples], taps: Taps, reach: int) -> list[Samples]:
    """Insert a point halfway after each point; drop ``reach`` samples at either end.

    ``phases``, float32 ``(channels, n, ...)``, are the points at each sample and those after it, at
    equal distances.
    """
    count, n_samples = len(phases), phases[0].shape[1] - 2 * reach

    def points(index: int) -> Samples:
        first = reach + index // count
        return phases[index % count][:, first : first + n_samples]

    denser, pair = [], np.empty_like(points(0))
    for phase in range(count):
        between = points(phase) + points(phase + 1)
        between *= taps[0]
        for aside, tap in enumerate(taps[1:], start=1):
            np.add(points(phase - aside), points(phase + 1 + aside), out=pair)
            pair *= tap
            between += pair
        denser += [points(phase), between]
    return denser


def _oversampled(padded: Samples) -> list[Samples]:
    """Compute the eight phases of float32 ``(channels, n, ...)``; the first are the samples."""
    phases = [padded]
    for taps, reach in _STAGES:
        phases = _doubled(phases, taps, reach)
    return phases


def _most_overshoot() -> float:
    """The largest sum of a phase's magnitudes, from the response to a single sample."""
    impulse = np.zeros((1, 4 * HALF_TAPS + 1), np.float32)
    impulse[0, 2 * HALF_TAPS] = 1.0
    most = max(float(np.abs(phase).sum()) for phase in _oversampled(impulse))
    return most * (1.0 + 1e-6)  # for the rounding of float32


MAX_OVERSHOOT = _most_overshoot()
"""No waveform whose samples stay under ``x`` has a true peak over ``x * MAX_OVERSHOOT``."""


def oversampled_magnitude(padded: Samples) -> Samples:
    """Largest magnitude from each sample to the next, on and between samples.

    Parameters
    ----------
    padded : float32, shape (channels, ..., n + 2 * HALF_TAPS): stretches of samples, each with its
        neighbours

    Returns
    -------
    float32, shape (..., n): the largest of each sample and the seven points after it, over all
    channels
    """
    stretches = padded.reshape(len(padded), -1, padded.shape[-1])
    n_samples = padded.shape[-1] - 2 * HALF_TAPS
    magnitude = np.empty((stretches.shape[1], n_samples), np.float32)
    for some, first, last in _pieces(*magnitude.shape):
        piece = stretches[:, some, first : last + 2 * HALF_TAPS]
        magnitude[some, first:last] = _loudest(piece.swapaxes(1, 2)).T
    return magnitude.reshape(*padded.shape[1:-1], n_samples)


def _pieces(n_stretches: int, n_samples: int) -> Iterator[tuple[slice, int, int]]:
    """Cut into pieces of about ``_AT_ONCE`` samples: several stretches, or part of one."""
    together = max(_AT_ONCE // max(n_samples, 1), 1)
    for index in range(0, n_stretches, together):
        for first in range(0, n_samples, _AT_ONCE):
            yield slice(index, index + together), first, min(first + _AT_ONCE, n_samples)


def _loudest(padded: Samples) -> Samples:
    """Compute the magnitudes of one piece, shape ``(n, n_stretches)``.

    ``padded`` has the shape ``(channels, n + 2 * HALF_TAPS, n_stretches)``. With time before
    stretches each term is one contiguous run of memory, which is up to twice as fast.
    """
    phases = _oversampled(np.ascontiguousarray(padded))
    loudest, magnitude = np.abs(phases[0]), np.empty_like(phases[0])
    for phase in phases[1:]:
        np.maximum(loudest, np.abs(phase, out=magnitude), out=loudest)
    return np.asarray(loudest.max(axis=0))
