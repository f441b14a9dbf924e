"""A finished file, decoded and measured: what was promised is checked on what people will hear."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..analysis.loudness import LoudnessProfile
from ..dsp.loudness import Energies, LoudnessMeter, integrated_lufs
from ..dsp.samples import CHANNELS, SAMPLE_RATE, Samples, db_of_gain
from ..dsp.true_peak import HALF_TAPS, oversampled_magnitude
from ..media.ffmpeg import finish_ffmpeg, start_ffmpeg

BINS_PER_S = 10  # a waveform bin: fine enough for a screen's width over a minute, small over hours
_BIN = SAMPLE_RATE // BINS_PER_S
_BLOCK = 15 * _BIN
_FRAME_BYTES = 4 * CHANNELS
_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What a finished file is like.

    Attributes
    ----------
    n_samples : its decoded length at 44.1 kHz
    loudness_lufs, true_peak_dbtp : after BS.1770-4
    peaks, true_peaks : the largest magnitude of every 100 ms, over both channels: of the samples,
        and of what lies between them; float32
    energies : K-weighted mean square of every 100 ms
    """

    n_samples: int
    loudness_lufs: float
    true_peak_dbtp: float
    peaks: npt.NDArray[np.float32]
    true_peaks: npt.NDArray[np.float32]
    energies: Energies

    @property
    def profile(self) -> LoudnessProfile:
        """The mix as if it were a track."""
        return LoudnessProfile(self.energies, self.true_peaks)


def measure_file(path: Path, *, ffmpeg: Path, progress: Callable[[int], None]) -> Measured:
    """Decode one of our own files and measure it; ``progress`` gets the samples done so far.

    Raises
    ------
    ToolFailed
        If the file cannot be decoded to its end.
    """
    meter, n_samples = LoudnessMeter(), 0
    peaks: list[npt.NDArray[np.float32]] = []
    true_peaks: list[npt.NDArray[np.float32]] = []
    tail = np.zeros((CHANNELS, 2 * HALF_TAPS), np.float32)
    for block in _decoded(path, ffmpeg):
        meter.push(block)
        padded = np.ascontiguousarray(np.concatenate([tail, block], axis=1))
        tail = padded[:, -2 * HALF_TAPS :]
        starts = np.arange(0, block.shape[1], _BIN)
        true_peaks.append(np.maximum.reduceat(oversampled_magnitude(padded), starts))
        peaks.append(np.maximum.reduceat(np.abs(block).max(axis=0), starts))
        n_samples += block.shape[1]
        progress(n_samples)
    return Measured(
        n_samples=n_samples,
        loudness_lufs=integrated_lufs(meter.energies),
        true_peak_dbtp=db_of_gain(max((float(part.max()) for part in true_peaks), default=0.0)),
        peaks=np.concatenate([np.zeros(0, np.float32), *peaks]),
        true_peaks=np.concatenate([np.zeros(0, np.float32), *true_peaks]),
        energies=meter.energies,
    )


def _decoded(path: Path, ffmpeg: Path) -> Iterator[Samples]:
    arguments = ["-i", f"file:{path}", "-map", "0:a:0", "-ar", str(SAMPLE_RATE), "-ac", "2"]
    arguments += ["-f", "f32le", "-"]
    with start_ffmpeg(ffmpeg, arguments, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            while data := process.stdout.read(_BLOCK * _FRAME_BYTES):
                yield np.frombuffer(data, np.float32).reshape(-1, CHANNELS).T
            finish_ffmpeg(process, timeout_s=_TIMEOUT_S)
        finally:
            process.kill()  # where nobody wanted the rest
