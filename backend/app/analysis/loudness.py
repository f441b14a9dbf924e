"""How loud a track is, moment by moment."""

from __future__ import annotations

import os
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

VERSION = 2
PEAK_HOP = SAMPLE_RATE // 100  # 10 ms: finer than a limiter's release, coarser than its attack


@dataclass(frozen=True, slots=True)
class LoudnessProfile:
    """A track's loudness over time.

    Attributes
    ----------
    energies : K-weighted mean square of each 100 ms, float64
    peaks : true peak of each 10 ms, to a few samples; float32
    """

    energies: Energies
    peaks: npt.NDArray[np.float32]

    @property
    def integrated_lufs(self) -> float:
        """The integrated loudness of the whole track (BS.1770)."""
        return integrated_lufs(self.energies)


def measure_loudness(blocks: Iterable[Samples]) -> LoudnessProfile:
    """Measure a stream of blocks, float32 ``(2, n)``; all but the last are whole 10 ms long."""
    meter = LoudnessMeter()
    peaks: list[npt.NDArray[np.float32]] = []
    tail = np.zeros((CHANNELS, 2 * HALF_TAPS), np.float32)
    for block in blocks:
        meter.push(block)
        padded = np.ascontiguousarray(np.concatenate([tail, block], axis=1))
        tail = padded[:, -2 * HALF_TAPS :]
        magnitude = oversampled_magnitude(padded)
        starts = np.arange(0, len(magnitude), PEAK_HOP)
        peaks.append(np.maximum.reduceat(magnitude, starts))
    last = np.abs(tail).max()  # what the interpolator has not come to yet
    return LoudnessProfile(meter.energies, np.append(np.concatenate(peaks), last))


def save_profile(profile: LoudnessProfile, path: Path) -> None:
    """Keep a profile, written aside and renamed into place."""
    part = path.with_suffix(f".{os.getpid()}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as file:
        np.savez(file, energies=profile.energies, peaks=profile.peaks)
    part.replace(path)


def load_profile(path: Path) -> LoudnessProfile | None:
    """Read what :func:`save_profile` wrote; None where it is not there, or not whole.

    A power cut may leave a file of the right name with a part of its bytes, or with zeros.
    """
    try:
        with path.open("rb") as file, np.load(file) as kept:
            return LoudnessProfile(kept["energies"], kept["peaks"])
    except (FileNotFoundError, zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError):
        return None
