"""Measure the loudness and peaks of a track over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...dsp.loudness import Energies, LoudnessMeter, integrated_lufs
from ...dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ...dsp.true_peak import HALF_TAPS, oversampled_magnitude
from ..result_files import load_arrays, save_arrays

# raise it when profiles change: cached loudness profiles of other versions are measured again
VERSION = 5
PEAK_HOP = SAMPLE_RATE // 100  # 10 ms: finer than a limiter's release, coarser than its attack


@dataclass(frozen=True, slots=True)
class LoudnessProfile:
    """A track's loudness over time.

    Attributes
    ----------
    energies : K-weighted mean square of each 100 ms, float64
    peaks : true peak of each 10 ms, to a few samples; float32
    bass_share : the bass's share of the energy, 0 to 1; set once the whole track is analysed
    """

    energies: Energies
    peaks: npt.NDArray[np.float32]
    bass_share: float = 0.0

    @property
    def integrated_lufs(self) -> float:
        """Integrated loudness of the whole track (BS.1770)."""
        return integrated_lufs(self.energies)


class LoudnessProfiler:
    """Measures a stream: ``push`` the blocks in order, then ``finish`` once."""

    def __init__(self) -> None:
        self._meter = LoudnessMeter()
        self._peaks = [np.zeros(0, np.float32)]
        self._tail = np.zeros((CHANNELS, 2 * HALF_TAPS), np.float32)
        self._rest = np.zeros((CHANNELS, 0), np.float32)

    def push(self, block: Samples) -> None:
        """Measure the next block, float32 ``(2, n)``, any ``n``."""
        self._meter.push(block)
        joined = np.concatenate([self._rest, block], axis=1) if self._rest.size else block
        whole = joined.shape[1] // PEAK_HOP * PEAK_HOP
        self._rest = joined[:, whole:].copy()
        self._find_peaks(joined[:, :whole])

    def finish(self) -> LoudnessProfile:
        """Return the profile of everything pushed."""
        self._find_peaks(self._rest)
        last = np.abs(self._tail).max()  # samples that the interpolator has not reached yet
        return LoudnessProfile(self._meter.energies, np.append(np.concatenate(self._peaks), last))

    def _find_peaks(self, block: Samples) -> None:
        if not block.size:
            return
        padded = np.ascontiguousarray(np.concatenate([self._tail, block], axis=1))
        self._tail = padded[:, -2 * HALF_TAPS :]
        magnitude = oversampled_magnitude(padded)
        starts = np.arange(0, len(magnitude), PEAK_HOP)
        self._peaks.append(np.maximum.reduceat(magnitude, starts))


def measure_loudness(blocks: Iterable[Samples]) -> LoudnessProfile:
    """Measure a stream of blocks, float32 ``(2, n)``."""
    profiler = LoudnessProfiler()
    for block in blocks:
        profiler.push(block)
    return profiler.finish()


def save_profile(profile: LoudnessProfile, path: Path) -> None:
    """Write a profile to disk, atomically."""
    save_arrays(path, energies=profile.energies, peaks=profile.peaks)


def load_profile(path: Path) -> LoudnessProfile | None:
    """Read what :func:`save_profile` wrote; None if the file is missing or damaged."""
    return load_arrays(path, lambda arrays: LoudnessProfile(arrays["energies"], arrays["peaks"]))
