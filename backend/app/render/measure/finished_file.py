"""Decode a finished file and measure loudness, true peak and waveform."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib.npyio import NpzFile

from ...analysis.levels.loudness import LoudnessProfile
from ...analysis.result_files import load_arrays, save_arrays
from ...dsp.loudness import Energies, LoudnessMeter, integrated_lufs
from ...dsp.samples import CHANNELS, SAMPLE_RATE, Samples, db_of_gain
from ...dsp.true_peak import HALF_TAPS, oversampled_magnitude
from ...media.ffmpeg.ffmpeg import finish_ffmpeg, start_ffmpeg

BINS_PER_S = 10  # fine enough for a screen's width over a minute, small over hours
BIN = SAMPLE_RATE // BINS_PER_S
_BLOCK = 15 * BIN
_FRAME_BYTES = 4 * CHANNELS
_TIMEOUT_S = 60.0

VERSION = 3  # increase it when figures change: cached figures of other versions are measured again

Peaks = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """Measurements of a finished file.

    Attributes
    ----------
    n_samples : its decoded length at 44.1 kHz
    loudness_lufs, true_peak_dbtp : after BS.1770-4
    peaks, true_peaks : the largest magnitude of every 100 ms over both channels, of the samples and
        between them; float32
    energies : K-weighted mean square of every 100 ms
    """

    n_samples: int
    loudness_lufs: float
    true_peak_dbtp: float
    peaks: Peaks
    true_peaks: Peaks
    energies: Energies

    @classmethod
    def of(cls, n_samples: int, peaks: Peaks, true_peaks: Peaks, energies: Energies) -> Measured:
        """Build it from measurements of every 100 ms."""
        loudest = float(true_peaks.max(initial=0.0))
        lufs = integrated_lufs(energies)
        return cls(n_samples, lufs, db_of_gain(loudest), peaks, true_peaks, energies)

    @property
    def profile(self) -> LoudnessProfile:
        """The mix's loudness over time, in the form of a track's profile."""
        return LoudnessProfile(self.energies, self.true_peaks)


def measure_file(path: Path, *, ffmpeg: Path, progress: Callable[[int], None]) -> Measured:
    """Decode a file of Segue's and measure it; ``progress`` gets the samples done so far.

    Raises
    ------
    ToolFailed
        If the file cannot be decoded to its end.
    """
    return measure(decoded(f"file:{path}", ffmpeg), progress)


def measure(blocks: Iterable[Samples], progress: Callable[[int], None]) -> Measured:
    """Measure float32 blocks ``(2, n)`` of any length.

    ``progress`` gets the samples done so far.
    """
    meter, n_samples = Meter(), 0
    for block in blocks:
        meter.push(block)
        n_samples += block.shape[1]
        progress(n_samples)
    return meter.measured()


class Meter:
    """Measures a stream: ``push`` its blocks in order, then call ``measured``.

    The figures are the same to the bit however the stream is cut into blocks.
    """

    def __init__(self) -> None:
        self._loudness = LoudnessMeter()
        self._n_samples = 0
        self._peaks = [np.zeros(0, np.float32)]
        self._true_peaks = [np.zeros(0, np.float32)]
        self._tail = np.zeros((CHANNELS, 2 * HALF_TAPS), np.float32)
        self._rest = np.zeros((CHANNELS, 0), np.float32)

    def push(self, block: Samples) -> None:
        """Take the next block, float32 ``(2, n)``, any ``n``."""
        if self._rest.shape[1]:
            block = np.concatenate([self._rest, block], axis=1)
        whole = block.shape[1] // BIN * BIN
        self._take(block[:, :whole])
        self._rest = block[:, whole:]

    def measured(self) -> Measured:
        """End the stream and return its figures."""
        self._take(self._rest)
        self._rest = self._rest[:, :0]
        return Measured.of(
            self._n_samples,
            np.concatenate(self._peaks),
            np.concatenate(self._true_peaks),
            self._loudness.energies,
        )

    def _take(self, block: Samples) -> None:
        """Measure whole bins, or the end of the stream."""
        if not block.shape[1]:
            return
        n_samples, lead = block.shape[1], 2 * HALF_TAPS
        # One channel after the other in memory, three times as fast as interleaved.
        padded = np.zeros((CHANNELS, lead + -(-n_samples // BIN) * BIN), np.float32)
        padded[:, :lead] = self._tail
        padded[:, lead : lead + n_samples] = block
        self._tail = padded[:, n_samples : lead + n_samples].copy()
        self._loudness.push(padded[:, lead : lead + n_samples])
        self._true_peaks.append(oversampled_magnitude(padded).reshape(-1, BIN).max(axis=1))
        left, right = np.abs(padded[:, lead:])
        self._peaks.append(np.maximum(left, right, out=left).reshape(-1, BIN).max(axis=1))
        self._n_samples += block.shape[1]


def decoded(
    source: str, ffmpeg: Path, *, skip: int = 0, arguments: Sequence[str] = ()
) -> Iterator[Samples]:
    """Decode a file with ffmpeg from sample ``skip`` on, in blocks of 1.5 s."""
    command = [*arguments, "-i", source, "-map", "0:a:0", "-ar", str(SAMPLE_RATE), "-ac", "2"]
    with start_ffmpeg(ffmpeg, [*command, "-f", "f32le", "-"], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.read(skip * _FRAME_BYTES)
            while data := process.stdout.read(_BLOCK * _FRAME_BYTES):
                yield np.frombuffer(data, np.float32).reshape(-1, CHANNELS).T
            finish_ffmpeg(process, timeout_s=_TIMEOUT_S)
        finally:
            process.kill()  # if the caller stopped early


def save_measured(measured: Measured, path: Path) -> None:
    """Save a file's figures, for mixes that will be based on it."""
    save_arrays(
        path,
        version=VERSION,
        n_samples=measured.n_samples,
        peaks=measured.peaks,
        true_peaks=measured.true_peaks,
        energies=measured.energies,
    )


def load_measured(path: Path) -> Measured | None:
    """Load saved figures; None if missing, damaged, or of another version."""

    def build(saved: NpzFile) -> Measured | None:
        if int(saved["version"]) != VERSION:
            return None
        n_samples = int(saved["n_samples"])
        return Measured.of(n_samples, saved["peaks"], saved["true_peaks"], saved["energies"])

    return load_arrays(path, build)
