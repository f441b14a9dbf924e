"""How loud a track is, moment by moment."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..dsp.loudness import Energies, LoudnessMeter, integrated_lufs
from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ..dsp.true_peak import HALF_TAPS, oversampled_magnitude
from ..store.aside import made_aside

VERSION = 4
PEAK_HOP = SAMPLE_RATE // 100  # 10 ms: finer than a limiter's release, coarser than its attack


@dataclass(frozen=True, slots=True)
class LoudnessProfile:
    """A track's loudness over time.

    Attributes
    ----------
    energies : K-weighted mean square of each 100 ms, float64
    peaks : true peak of each 10 ms, to a few samples; float32
    bass_share : how much of the energy is bass, 0 to 1, where the whole track has been analysed
    """

    energies: Energies
    peaks: npt.NDArray[np.float32]
    bass_share: float = 0.0

    @property
    def integrated_lufs(self) -> float:
        """The integrated loudness of the whole track (BS.1770)."""
        return integrated_lufs(self.energies)


class LoudnessEar:
    """Measures a stream: ``push`` the blocks in order, then ``finish`` once."""

    def __init__(self) -> None:
        self._meter = LoudnessMeter()
        self._peaks: list[npt.NDArray[np.float32]] = []
        self._tail = np.zeros((CHANNELS, 2 * HALF_TAPS), np.float32)
        self._rest = np.zeros((CHANNELS, 0), np.float32)

    def push(self, block: Samples) -> None:
        """Take the next block, float32 ``(2, n)``, ``n`` at will."""
        self._meter.push(block)
        joined = np.concatenate([self._rest, block], axis=1) if self._rest.size else block
        whole = joined.shape[1] // PEAK_HOP * PEAK_HOP
        self._rest = joined[:, whole:].copy()
        self._find_peaks(joined[:, :whole])

    def finish(self) -> LoudnessProfile:
        """The profile of all that was pushed."""
        self._find_peaks(self._rest)
        last = np.abs(self._tail).max()  # what the interpolator has not come to yet
        return LoudnessProfile(self._meter.energies, np.append(self._joined_peaks(), last))

    def _find_peaks(self, block: Samples) -> None:
        if not block.size:
            return
        padded = np.ascontiguousarray(np.concatenate([self._tail, block], axis=1))
        self._tail = padded[:, -2 * HALF_TAPS :]
        magnitude = oversampled_magnitude(padded)
        starts = np.arange(0, len(magnitude), PEAK_HOP)
        self._peaks.append(np.maximum.reduceat(magnitude, starts))

    def _joined_peaks(self) -> npt.NDArray[np.float32]:
        return np.concatenate([np.zeros(0, np.float32), *self._peaks])


def measure_loudness(blocks: Iterable[Samples]) -> LoudnessProfile:
    """Measure a stream of blocks, float32 ``(2, n)``."""
    ear = LoudnessEar()
    for block in blocks:
        ear.push(block)
    return ear.finish()


def save_profile(profile: LoudnessProfile, path: Path) -> None:
    """Keep a profile, written aside and renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with made_aside(path) as part, part.open("wb") as file:
        np.savez(file, energies=profile.energies, peaks=profile.peaks)


def load_profile(path: Path) -> LoudnessProfile | None:
    """Read what :func:`save_profile` wrote; None where it is not there, or not whole.

    A power cut may leave a file of the right name with a part of its bytes, or with zeros.
    """
    try:
        with path.open("rb") as file, np.load(file) as kept:
            return LoudnessProfile(kept["energies"], kept["peaks"])
    except (FileNotFoundError, zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError):
        return None
